public import ComposeModel

/// What a project says that has no effect, to be shown when it is started. Which attributes these are, the loader's
/// table says (`AttributeSupport`).
public func attributeWarnings(in project: Project) -> [AttributeGap] {
    project.effectiveGaps.filter { $0.effect == .warned }
}

/// Fails for what makes a project another one than its author means, and for values that nothing can be made from: all
/// of them, each with its place.
///
/// - Parameter starting: its services are to run side by side.
public func refuseGaps(in project: Project, starting: Bool = false) throws(PlanFailure) {
    let refused = project.effectiveGaps.filter { gap in
        switch gap.effect {
        case .warned: false
        case .refused, .wrong: true
        case .clash: starting
        }
    }
    if !refused.isEmpty { throw PlanFailure(refused.map(\.description).joined(separator: "\n")) }
}
