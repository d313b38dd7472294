internal import Dockerfile
internal import EngineModel
internal import ImageModel

extension StagePlanning {
    mutating func addRun(_ run: RunInstruction, history: String, _ planner: inout Planner) throws(PlanError) {
        if let device = run.devices.first {
            throw error(
                "--device=\(device) cannot be granted", code: .unsupported,
                hint: "devices of the host are not given to builds; --security=insecure sees them all")
        }
        let arguments = configuration.words(run.command)
        guard !arguments.isEmpty else { throw error("there is nothing to run") }
        try checkEntitlements(run, planner.request)
        var action = RunAction(
            arguments: arguments, environment: scope.runEnvironment, proxies: scope.proxyEnvironment,
            workingDirectory: configuration.execution.workingDirectory ?? "/", user: user, network: run.network,
            security: planner.request.privileged ? .insecure : run.security)
        if case .script(_, let content) = run.command {
            action.script = RunAction.Script(path: arguments[0], content: content)
        }
        if scope.value("PATH") == nil { action.environment.append("PATH=" + VariableScope.defaultPath) }
        var agents = 0
        for mount in try mounts(run, planner) {
            action.mounts.append(try planned(mount, &planner, agents: &agents))
        }
        let summary = Self.summary(of: run, written: current?.source ?? "")
        addStep(
            .run(action), instruction: current?.source ?? "", title: title(planner).map { $0 + summary },
            history: history)
    }

    /// The first line of a heredoc that is the command: ` (set -e...)`; else empty.
    private static func summary(of run: RunInstruction, written: String) -> String {
        let content: String
        switch run.command {
        case .script(_, let text): content = text
        case .shell(let text) where run.hasHeredoc && !text.contains("<<"): content = text
        case .exec, .shell: return ""
        }
        let lines = content.split(whereSeparator: \.isNewline).drop { $0.allSatisfy(\.isWhitespace) }
        guard let first = lines.first else { return "" }
        return " (\(first.drop(while: \.isWhitespace))\(lines.count > 1 ? "..." : ""))"
    }

    private func mounts(_ run: RunInstruction, _ planner: Planner) throws(PlanError) -> [RunMount] {
        let expansion = WordExpansion(escape: planner.dockerfile.directives.escape)
        let scope = scope
        do throws(RunMountError) {
            return try run.mounts { text throws(DockerfileWordError) in
                var undefined: Set<String> = []
                return try expansion.word(text, undefined: &undefined) { scope.value($0) }
            }
        } catch {
            throw self.error(error.reason, hint: error.hint ?? "")
        }
    }

    private func checkEntitlements(_ run: RunInstruction, _ request: BuildRequest) throws(PlanError) {
        let granted = request.entitlements
        if run.security == .insecure, !request.privileged, !granted.contains("security.insecure") {
            throw error(
                "--security=insecure needs the entitlement security.insecure", code: .permission,
                hint: "grant it with build.entitlements, build.privileged or --allow security.insecure")
        }
        if run.network == .host, request.network != .host, !granted.contains("network.host") {
            throw error(
                "--network=host needs the entitlement network.host", code: .permission,
                hint: "grant it with build.entitlements or --allow network.host")
        }
    }

    private func planned(
        _ mount: RunMount, _ planner: inout Planner, agents: inout Int
    ) throws(PlanError) -> PlannedMount {
        let directory = configuration.execution.workingDirectory
        let target = mount.target.map { StageConfiguration.directory($0, in: directory) }
        let (uid, gid) = (mount.uid ?? 0, mount.gid ?? 0)
        var source: TreeSource?
        if let from = mount.from, mount.kind == .bind || mount.kind == .cache {
            source = try planner.source(from, of: stage, location, "RUN")
        }
        // Paths in a tree are taken from its root, however they are written.
        let path = StageConfiguration.directory(mount.source ?? "", in: "/")
        switch mount.kind {
        case .bind:
            let kind = PlannedMount.Kind.bind(from: source ?? .context, path: path, readOnly: mount.readOnly)
            return PlannedMount(kind: kind, target: try checked(target, mount))
        case .cache:
            let target = try checked(target, mount)
            let use = CacheMountUse(
                id: mount.id ?? target, from: source ?? .empty, path: path, sharing: mount.sharing,
                readOnly: mount.readOnly, mode: mount.mode ?? 0o755, uid: uid, gid: gid)
            return PlannedMount(kind: .cache(use), target: target)
        case .tmpfs:
            return PlannedMount(kind: .tmpfs(size: mount.size), target: try checked(target, mount))
        case .secret:
            guard let id = mount.id ?? mount.source ?? target.map({ Self.lastPart($0) }) else {
                throw error("the secret has neither an id nor a target")
            }
            let kind = PlannedMount.Kind.secret(
                id: id, required: mount.required, file: target != nil || mount.environment == nil,
                variable: mount.environment, mode: mount.mode ?? 0o400, uid: uid, gid: gid)
            return PlannedMount(kind: kind, target: target ?? "/run/secrets/" + Self.lastPart(id))
        case .ssh:
            let kind = PlannedMount.Kind.ssh(
                id: mount.id ?? "default", required: mount.required, mode: mount.mode ?? 0o600, uid: uid, gid: gid)
            defer { agents += target == nil ? 1 : 0 }
            return PlannedMount(kind: kind, target: target ?? "/run/buildkit/ssh_agent.\(agents)")
        }
    }

    private func checked(_ target: String?, _ mount: RunMount) throws(PlanError) -> String {
        guard let target, target != "/" else {
            throw error("nothing can be mounted over the root", hint: "\(mount.kind.rawValue) needs target=PATH")
        }
        return target
    }

    private static func lastPart(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
