internal import EngineModel
internal import Primitives
internal import Synchronization

/// The trees of files that a request names, each opened when it is first needed. Any thread may use it.
final class BuildContexts: Sendable {
    let access: SourceAccess
    private let request: BuildRequest
    private let progress: BuildProgress
    private let cancellation: Cancellation

    private struct State {
        var contexts: [String: BuildContext] = [:]
        var trees: [String: CopyTree] = [:]
    }

    /// The thread that opens holds `work`, so that others wait for it instead of opening once more.
    private let state = Mutex(State())
    private let work: WorkLock

    init(
        request: BuildRequest, access: SourceAccess, progress: BuildProgress, cancellation: Cancellation
    ) {
        self.request = request
        self.access = access
        self.progress = progress
        self.cancellation = cancellation
        work = WorkLock()
    }

    /// The build context itself.
    func main() throws(EngineError) -> BuildContext { try context("", request.context) }

    /// The tree of the build context or of a named one, without what is ignored.
    func tree(_ source: TreeSource) throws(EngineError) -> CopyTree {
        let name: String
        if case .named(let given) = source { name = given } else { name = "" }
        if let tree = state.withLock({ $0.trees[name] }) { return tree }
        guard let origin = name.isEmpty ? request.context : request.namedContexts[name] else {
            throw EngineError(.notFound, "build context \(name)", "there is no such context")
        }
        let context = try context(name, origin)
        return try work.locked { () throws(EngineError) in
            if let tree = state.withLock({ $0.trees[name] }) { return tree }
            var dockerfile: String?
            if name.isEmpty, case .inContext(let path) = request.dockerfile { dockerfile = path }
            let tree = try context.tree(dockerfile: dockerfile)
            state.withLock { $0.trees[name] = tree }
            return tree
        }
    }

    private func context(_ name: String, _ source: ContextSource) throws(EngineError) -> BuildContext {
        if let context = state.withLock({ $0.contexts[name] }) { return context }
        return try work.locked { () throws(EngineError) in
            if let context = state.withLock({ $0.contexts[name] }) { return context }
            let context = try opened(name, source)
            state.withLock { $0.contexts[name] = context }
            return context
        }
    }

    private func opened(_ name: String, _ source: ContextSource) throws(EngineError) -> BuildContext {
        let shown: String
        switch source {
        case .directory, .empty:
            return try BuildContext.open(source, access: access, cancellation: cancellation)
        case .git(let url): shown = "[internal] load git source \(GitReference.shown(url))"
        case .url(let url): shown = "[internal] load remote build context \(RemoteFile(url)?.shown ?? url)"
        case .archive(_, let subject): shown = "[internal] load build context from \(subject)"
        case .image, .build, .layout: shown = "[internal] load build context \(name)"
        }
        let progress = progress
        return try progress.step(shown) { id in
            try BuildContext.open(source, access: access, cancellation: cancellation) { item, current, total in
                progress.send(.progress(id: id, item: item, current: current, total: total))
            }
        }
    }
}
