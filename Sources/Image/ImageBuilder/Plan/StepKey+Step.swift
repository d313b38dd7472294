internal import Dockerfile

extension PlannedStep {
    /// What the result depends on besides the stage's root before it.
    ///
    /// - Parameter sources: what stands for the content of each of ``sources``, in that order.
    func keyFields(sources: [StepKey]) -> [String] {
        var fields = sources.map(\.hex)
        if let epoch { fields.append("epoch \(epoch)") }
        switch action {
        case .run(let run): return ["run"] + fields + run.keyFields
        case .copy(let request, _): return ["copy"] + fields + request.keyFields
        case .makeDirectory(let path, let user): return ["directory"] + fields + [path, user ?? ""]
        }
    }

    /// The key of the step's result on a root that `parent` stands for.
    func key(on parent: StepKey, sources: [StepKey]) -> StepKey {
        StepKey("step", [isIndependent ? "" : parent.hex] + keyFields(sources: sources))
    }

    /// Whether its layer is the same on every root: `COPY --link`, unless the root's user names have to be looked up.
    var isIndependent: Bool {
        guard case .copy(let request, _) = action, request.link else { return false }
        return (request.owner ?? "").allSatisfy { $0.isASCII && $0.isNumber || $0 == ":" }
    }
}

extension CopyRequest {
    /// Where and how files are put; which they are is told by the content's key.
    fileprivate var keyFields: [String] {
        [destination, workingDirectory, owner ?? "", mode ?? "", "\(link)", "\(parents)", "\(kind)"]
    }
}

extension RunAction {
    fileprivate var keyFields: [String] {
        // A file's content that is the program cannot be told from an argument otherwise.
        let script = script.map { ["script", $0.path, $0.content] } ?? []
        return ["\(arguments.count)"] + arguments + ["\(environment.count)"] + environment
            + [workingDirectory, user ?? "", network.rawValue, security.rawValue] + script
            + mounts.flatMap(\.keyFields)
    }
}

extension PlannedMount {
    /// A cache's content, a secret's content and the agent are left out: they are not part of what is built.
    fileprivate var keyFields: [String] {
        switch kind {
        case .bind(_, let path, let readOnly): ["bind", target, path, "\(readOnly)"]
        case .cache(let use): ["cache", target, use.id, use.path, "\(use.readOnly)"]
        case .tmpfs(let size): ["tmpfs", target, "\(size ?? 0)"]
        case .secret(let id, _, let file, let variable, let mode, let uid, let gid):
            ["secret", target, id, "\(file)", variable ?? "", "\(mode) \(uid) \(gid)"]
        case .ssh(let id, _, let mode, let uid, let gid): ["ssh", target, id, "\(mode) \(uid) \(gid)"]
        }
    }
}
