internal import Dockerfile
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Does the steps of one build for real: in workspaces of the image store, with an engine for RUN.
final class LayerExecutor: StepExecutor {
    let store: ImageStore
    let lease: ContentLease
    let runner: any BuildRunner
    let request: BuildRequest
    let plan: BuildPlan
    let contexts: BuildContexts
    let mounts: CacheMounts
    let progress: BuildProgress
    let cancellation: Cancellation
    let agents: KeyAgents

    private struct Known {
        /// Copies whose remote sources were fetched, by the step's name.
        var operations: [String: CopyOperation] = [:]
        /// By the step's name and the source.
        var keys: [String: StepKey] = [:]
    }

    private let known = Mutex(Known())

    init(
        store: ImageStore, lease: ContentLease, runner: any BuildRunner, request: BuildRequest, plan: BuildPlan,
        contexts: BuildContexts, mounts: CacheMounts, progress: BuildProgress, cancellation: Cancellation
    ) {
        self.store = store
        self.lease = lease
        self.runner = runner
        self.request = request
        self.plan = plan
        self.contexts = contexts
        self.mounts = mounts
        self.progress = progress
        self.cancellation = cancellation
        agents = KeyAgents(contexts.access)
    }

    /// What stands for the content that a step takes from something that is no stage.
    func content(_ step: PlannedStep, _ source: TreeSource) throws(EngineError) -> StepKey {
        let name = "\(step.name) \(source)"
        if let key = known.withLock({ $0.keys[name] }) { return key }
        let key: StepKey
        switch (step.action, source) {
        case (_, .image(let image)): key = StepKey(layers: plan.images[image]?.configuration.diffIDs ?? [])
        case (.copy(let request, _), _):
            key = StepKey(hex: try operation(step, request, from: source, stages: [:]).contentKey().hex)
        case (.run(let run), .context), (.run(let run), .named):
            var parts: [String] = []
            for mount in run.mounts where mount.tree == source {
                let copy = CopyRequest(.copy, sources: [mount.path], destination: "/")
                let tree = try contexts.tree(source)
                parts.append(
                    try CopyOperation(copy, from: tree, access: contexts.access, cancellation: cancellation)
                        .contentKey().hex)
            }
            key = StepKey("mounted", parts)
        case (.run, .stage), (.run, .empty), (.makeDirectory, _): key = StepKey("empty", [])
        }
        known.withLock { $0.keys[name] = key }
        return key
    }

    func contentKeys(of step: PlannedStep, stages: [Int: StageResult]) throws(EngineError) -> [StepKey] {
        var keys: [StepKey] = []
        for source in step.sources {
            guard case .stage(let index) = source, let stage = stages[index] else {
                keys.append(try content(step, source))
                continue
            }
            if case .copy(let request, _) = step.action {
                let copy = try operation(step, request, from: source, stages: stages)
                keys.append(StepKey(hex: try copy.contentKey().hex))
            } else {
                keys.append(StepKey(layers: stage.layers))
            }
        }
        return keys
    }

    func execute(
        _ step: PlannedStep, on layers: [Digest], stages: [Int: StageResult],
        output: @escaping @Sendable (_ isError: Bool, UnsafeRawBufferPointer) -> Void, cancellation: Cancellation
    ) throws(EngineError) -> StepResult {
        let workspace = try store.workspace(lease)
        let lower = try store.layerDirectories(layers)
        switch step.action {
        case .makeDirectory(let path, let user):
            let root = try Overlay(lower: lower, workspace: workspace).openRoot()
            let owner = try user.map { name throws(EngineError) in try RootUsers(root: root).owner(of: name) }
            let made = try makeDirectories(
                path, in: root, owner: owner ?? FileOwner(uid: 0, gid: 0), epoch: step.epoch)
            _ = consume root
            if !made { return StepResult(layer: nil, size: 0, made: .now()) }
        case .copy(let request, let source):
            try copy(step, request, from: source, lower: lower, workspace, stages)
        case .run(let run):
            let process = try process(run, lower: lower, workspace, stages)
            let code = try runner.run(process.value, output: output, cancellation: cancellation)
            _ = consume process
            if code != 0 { throw Self.failed(run, code) }
        }
        if cancellation.isCancelled { throw EngineError(.cancelled, "build", "it was cancelled") }
        let layer = try workspace.commit(epoch: step.epoch, subject: step.instruction)
        return StepResult(layer: layer.isEmpty ? nil : layer.diffID, size: layer.size, made: .now())
    }

    private static func failed(_ run: RunAction, _ code: Int32) -> EngineError {
        let program = run.arguments.joined(separator: " ")
        return EngineError(
            .startFailed, "RUN", "process \"\(program)\" did not complete successfully: exit code: \(code)",
            exitCode: code)
    }

    private func copy(
        _ step: PlannedStep, _ request: CopyRequest, from source: TreeSource, lower: [String],
        _ workspace: LayerWorkspace, _ stages: [Int: StageResult]
    ) throws(EngineError) {
        let operation = try operation(step, request, from: source, stages: stages)
        defer { known.withLock { $0.operations[step.name] = nil } }
        let root: Descriptor
        if request.link {
            root = try opening(workspace.upper)
        } else {
            root = try Overlay(lower: lower, workspace: workspace).openRoot()
        }
        var owner: FileOwner?
        if let name = request.owner {
            owner =
                request.link
                ? try RootUsers(root: try Overlay(layers: lower).openRoot()).owner(of: name)
                : try RootUsers(root: root).owner(of: name)
        }
        try operation.perform(into: root, owner: owner)
    }

    private func operation(
        _ step: PlannedStep, _ request: CopyRequest, from source: TreeSource, stages: [Int: StageResult]
    ) throws(EngineError) -> CopyOperation {
        if let operation = known.withLock({ $0.operations[step.name] }) { return operation }
        let tree: CopyTree?
        switch source {
        case .empty: tree = nil
        case .context, .named: tree = try contexts.tree(source)
        case .image, .stage: tree = CopyTree(try Overlay(layers: try layers(source, stages)).openRoot(), owners: .kept)
        }
        let operation = try CopyOperation(
            request, from: tree, access: contexts.access, cancellation: cancellation)
        known.withLock { $0.operations[step.name] = operation }
        return operation
    }

    /// The layers' directories of a stage or an image.
    func layers(_ source: TreeSource, _ stages: [Int: StageResult]) throws(EngineError) -> [String] {
        switch source {
        case .stage(let index): return try store.layerDirectories(stages[index]?.layers ?? [])
        case .image(let name): return try store.layerDirectories(plan.images[name]?.configuration.diffIDs ?? [])
        case .context, .named, .empty: return try store.layerDirectories([])
        }
    }

    func opening(_ directory: String) throws(EngineError) -> Descriptor {
        try EngineError.explaining(directory, doing: "opening it") {
            try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
        }
    }
}

extension PlannedMount {
    /// The path in the tree that is mounted.
    var path: String {
        switch kind {
        case .bind(_, let path, _): path
        case .cache(let use): use.path
        case .tmpfs, .secret, .ssh: "/"
        }
    }
}
