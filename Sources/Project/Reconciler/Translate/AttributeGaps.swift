public import ComposeModel

/// What a project says that has no effect, to be shown when it is started. Which attributes these are, the loader's
/// table says (`AttributeSupport`).
public func attributeWarnings(in project: Project) -> [AttributeGap] {
    project.effectiveGaps.filter { $0.effect == .warned }
}

/// Fails for the first attribute of a project that makes it another one than its author means.
func refuseGaps(in project: Project) throws(PlanFailure) {
    if let gap = project.effectiveGaps.first(where: { $0.effect == .refused }) { throw PlanFailure(gap.description) }
}
