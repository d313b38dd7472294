internal import Dockerfile
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// A program to run, with what has to live as long as it runs.
struct PreparedProcess: ~Copyable {
    let value: BuildProcess
    /// Directories that mounts show.
    let workspaces: [LayerWorkspace]
    let caches: [CacheMounts.Claim]
}

extension LayerExecutor {
    /// The process of a RUN, on these layers with its changes in the workspace.
    func process(
        _ run: RunAction, lower: [String], _ workspace: LayerWorkspace, _ stages: [Int: StageResult]
    ) throws(EngineError) -> PreparedProcess {
        var configuration = ContainerConfiguration(name: "build", image: "")
        configuration.entrypoint = run.arguments
        configuration.command = []
        for entry in run.environment + run.proxies {
            let variable = Assignment(parsing: entry)
            configuration.environment[variable.name] = variable.value ?? ""
        }
        configuration.workingDirectory = run.workingDirectory
        configuration.user = run.user
        configuration.extraHosts = request.extraHosts
        configuration.shmSize = request.shmSize
        configuration.ulimits = request.ulimits
        configuration.cgroupParent = request.cgroupParent
        configuration.privileged = run.security == .insecure
        setNetwork(run.network, &configuration)
        var mounts: [BuildMount] = []
        var workspaces: [LayerWorkspace] = []
        var caches: [CacheMounts.Claim] = []
        if let script = run.script {
            mounts.append(try mounted(script, &workspaces))
        }
        for mount in run.mounts {
            switch mount.kind {
            case .bind(let source, let path, let readOnly):
                let layers = try bound(source, path, stages, &workspaces)
                mounts.append(BuildMount(.tree(layers: layers, path: path, writable: !readOnly), at: mount.target))
            case .cache(let use):
                let claim = try cache(use, stages)
                caches.append(claim)
                mounts.append(
                    BuildMount(.directory(path: claim.path, readOnly: use.readOnly), at: mount.target))
            case .tmpfs(let size):
                mounts.append(BuildMount(.tmpfs(size: size.map { UInt64(clamping: $0) }), at: mount.target))
            case .secret, .ssh:
                if let secret = try confidential(mount, &configuration) { mounts.append(secret) }
            }
        }
        let process = BuildProcess(
            configuration: configuration, layers: lower, upper: workspace.upper, work: workspace.work, mounts: mounts)
        return PreparedProcess(value: process, workspaces: workspaces, caches: caches)
    }

    /// A file that can be executed, which memory for secrets cannot hold.
    private func mounted(
        _ script: RunAction.Script, _ workspaces: inout [LayerWorkspace]
    ) throws(EngineError) -> BuildMount {
        let workspace = try store.workspace(lease)
        workspaces.append(workspace)
        try EngineError.explaining(script.path, doing: "writing the script") {
            try Files.replace("\(workspace.upper)/script", with: Array(script.content.utf8), mode: 0o755)
        }
        return BuildMount(.tree(layers: [workspace.upper], path: "/script", writable: false), at: script.path)
    }

    private func setNetwork(_ network: RunInstruction.Network, _ configuration: inout ContainerConfiguration) {
        switch (network, request.network) {
        case (.none, _), (.default, .none): configuration.networkMode = .none
        case (.host, _), (.default, .host): configuration.networkMode = .host
        case (.default, .standard): configuration.networkMode = .networks
        case (.default, .named(let name)):
            configuration.networkMode = .networks
            configuration.networks = [NetworkAttachment(network: name)]
        }
    }

    /// The layers that a bind mount shows a path of: a context's files are copied, for what is ignored must not show.
    private func bound(
        _ source: TreeSource, _ path: String, _ stages: [Int: StageResult], _ workspaces: inout [LayerWorkspace]
    ) throws(EngineError) -> [String] {
        switch source {
        case .stage, .image: return try layers(source, stages)
        case .empty: return try store.layerDirectories([])
        case .context, .named:
            let workspace = try store.workspace(lease)
            workspaces.append(workspace)
            var copy = CopyRequest(.copy, sources: [path], destination: "/")
            copy.parents = path.split(separator: "/").contains { $0 != "." }
            let operation = try CopyOperation(
                copy, from: try contexts.tree(source), access: contexts.access, cancellation: cancellation)
            try operation.perform(into: try opening(workspace.upper), owner: nil)
            return [workspace.upper]
        }
    }

    private func cache(_ use: CacheMountUse, _ stages: [Int: StageResult]) throws(EngineError) -> CacheMounts.Claim {
        try mounts.claim(use, cancellation: cancellation) { directory throws(EngineError) in
            let tree: CopyTree
            switch use.from {
            case .empty: return
            case .context, .named: tree = try contexts.tree(use.from)
            case .image, .stage:
                tree = CopyTree(try Overlay(layers: try layers(use.from, stages)).openRoot(), owners: .kept)
            }
            let copy = CopyRequest(.copy, sources: [use.path], destination: "/")
            let operation = try CopyOperation(copy, from: tree, access: contexts.access, cancellation: cancellation)
            try operation.perform(into: try opening(directory), owner: nil)
        }
    }

    /// A secret or an agent's socket; nil if there is none and it may be missing, or if it is a variable only.
    private func confidential(
        _ mount: PlannedMount, _ configuration: inout ContainerConfiguration
    ) throws(EngineError) -> BuildMount? {
        switch mount.kind {
        case .secret(let id, let required, let file, let variable, let mode, let uid, let gid):
            guard let secret = request.secrets.first(where: { $0.id == id }) else {
                if !required { return nil }
                throw EngineError(
                    .notFound, "secret \(id)", "the build was not given this secret",
                    hint: "name it in build.secrets, or with --secret id=\(id),src=FILE")
            }
            let content = try Self.content(of: secret)
            if let variable { configuration.environment[variable] = String(decoding: content, as: UTF8.self) }
            guard file else { return nil }
            return BuildMount(.secretFile(content: content, mode: mode, uid: uid, gid: gid), at: mount.target)
        case .ssh(let id, let required, let mode, let uid, let gid):
            guard let agent = request.ssh.first(where: { $0.id == id }) else {
                if !required { return nil }
                throw EngineError(
                    .notFound, "ssh agent \(id)", "the build was not given this agent",
                    hint: "name it in build.ssh, or with --ssh \(id)")
            }
            if configuration.environment["SSH_AUTH_SOCK"] == nil {
                configuration.environment["SSH_AUTH_SOCK"] = mount.target
            }
            let socket = try agents.socket(of: agent, cancellation: cancellation)
            return BuildMount(.socket(path: socket, mode: mode, uid: uid, gid: gid), at: mount.target)
        case .bind, .cache, .tmpfs: return nil
        }
    }

    /// At most 500 KiB, as much as BuildKit passes on.
    private static func content(of secret: BuildSecret) throws(EngineError) -> [UInt8] {
        let limit = 500 << 10
        switch secret.source {
        case .content(let bytes):
            guard bytes.count <= limit else {
                throw EngineError(.invalid, "secret \(secret.id)", "it is larger than 500 KiB")
            }
            return bytes
        case .file(let path):
            do throws(Errno) {
                return try Files.read(path, limit: limit)
            } catch {
                let reason = error == .fileTooLarge ? "it is larger than 500 KiB" : error.description
                throw EngineError(.invalid, "secret \(secret.id)", "\(path): \(reason)")
            }
        }
    }
}
