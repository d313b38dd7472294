internal import Archive
internal import CLinux
internal import ComposeModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

/// Carries changes of the project's files into its running containers.
struct Watcher {
    let context: CommandContext
    let project: Project
    let rules: [WatchRule]
    /// Images that a rebuild leaves without a name are removed.
    let prune: Bool
    let quietBuild: Bool

    /// Fails when no service asks for it. Rules that cannot be carried out are warned about and left out.
    init(_ context: CommandContext, _ project: Project, prune: Bool = true, quietBuild: Bool = false) throws {
        self.context = context
        self.project = project
        self.prune = prune
        self.quietBuild = quietBuild
        var rules: [WatchRule] = []
        for name in project.serviceNames {
            guard let service = project.services[name] else { continue }
            for trigger in service.develop?.watch ?? [] {
                if trigger.action == .rebuild && service.build == nil {
                    throw CommandError(
                        "can't watch service \"\(name)\" with action rebuild without a build context")
                }
                if trigger.action != .rebuild,
                    service.volumes.contains(where: { $0.kind == .bind && $0.source == trigger.path })
                {
                    context.warn(
                        "path '\(trigger.path)' also declared by a bind mount volume, this path won't be monitored!")
                } else {
                    rules.append(WatchRule(trigger, of: service))
                }
            }
        }
        if rules.isEmpty {
            throw CommandError(
                "none of the selected services is configured for watch, consider setting a 'develop' section")
        }
        self.rules = rules
    }

    /// Blocks until `cancellation` fires.
    func run(_ cancellation: Cancellation) throws {
        let rules = rules
        let watch = try TreeWatch { path in
            rules.contains { $0.entersDirectory(path) } || rules.allSatisfy { $0.trigger.path.hasPrefix(path) }
        }
        for rule in rules {
            let files = try watch.add(rule.trigger.path)
            if rule.trigger.initialSync { try apply(rule, files) }
        }
        say("Watch enabled")
        while let changed = watch.next(cancellation) {
            let rebuilt = Set(
                rules.filter { rule in rule.trigger.action == .rebuild && changed.contains { rule.relative($0) != nil }
                }
                .map(\.service)
            ).sorted()
            attempt { if !rebuilt.isEmpty { try rebuild(rebuilt, cancellation) } }
            for rule in rules { attempt { try apply(rule, changed.sorted()) } }
        }
        say("Watch disabled")
    }

    /// What goes wrong is told, and watching goes on.
    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            RenderedError(error)?.print(on: context.errors, json: false, debug: context.root.debug)
        }
    }

    func say(_ text: String) {
        context.output.line("⦿ \(text)")
        context.output.flush()
    }

    private func apply(_ rule: WatchRule, _ paths: [String]) throws {
        let changes = paths.compactMap { path in rule.relative(path).map { (path: path, relative: $0) } }
        if changes.isEmpty { return }
        let containers = try observe(projectNamed: project.name, engine: context.engine())
            .containers(of: rule.service).filter { $0.state == .running }
        if rule.syncs {
            say("Syncing service \"\(rule.service)\" after \(changes.count) changes were detected")
            for container in containers { try sync(rule, changes, container) }
        }
        switch rule.trigger.action {
        case .restart, .syncRestart: try restart(rule.service)
        case .syncExec: for container in containers { try exec(rule, container) }
        case .sync, .rebuild: break
        }
    }

    private func sync(
        _ rule: WatchRule, _ changes: [(path: String, relative: String)], _ container: Container
    ) throws {
        var present: [(path: String, target: String)] = []
        var gone: [String] = []
        for change in changes {
            guard let target = rule.target(change.relative) else { continue }
            var status = stat()
            if lstat(change.path, &status) == 0 {
                if status.st_mode & S_IFMT != S_IFDIR { present.append((change.path, target)) }
            } else {
                gone.append(target)
            }
        }
        if !gone.isEmpty {
            _ = try context.engine().exec(container.id, ExecRequest(arguments: ["rm", "-rf"] + gone))
        }
        if !present.isEmpty { try send(present, to: container) }
    }

    /// Writes an archive to a file without a name, then has it unpacked.
    private func send(_ files: [(path: String, target: String)], to container: Container) throws {
        let file = Descriptor(owning: try systemCall { clinux_memfd_create("compose-watch", 1) })
        let writer = try TarWriter(FileSink(file.raw))
        for (path, target) in files {
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            let parent = slash == path.startIndex ? "/" : String(path[..<slash])
            let directory = try Descriptor.open(parent, O_RDONLY | O_DIRECTORY)
            let name = Array(String(path[path.index(after: slash)...]).utf8CString)
            try archiveEntry(name, in: directory, as: Array(target.drop { $0 == "/" }.utf8), to: writer)
        }
        try writer.finish()
        try systemCall { lseek(file.raw, 0, SEEK_SET) }
        try context.engine().unarchive(from: file.raw, into: "/", of: container.id, keepOwners: true)
    }

    private func restart(_ service: String) throws {
        try context.queued(project.name) {
            let observed = try observe(project, engine: context.engine())
            let scope = ProjectScope(project: project, observed: observed, named: [service])
            let plan = try LifecyclePlanner.restart(scope, observed, timeout: nil, dependents: true)
            try context.carryOut(plan, title: "Restarting", silent: true)
        }
        say("service(s) [\"\(service)\"] restarted")
    }

    private func exec(_ rule: WatchRule, _ container: Container) throws {
        guard let hook = rule.trigger.exec else { return }
        var request = ExecRequest(arguments: hook.command)
        request.environment = hook.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value ?? "")" }
        request.user = hook.user
        request.privileged = hook.privileged
        request.workingDirectory = hook.workingDir
        request.output = 1
        request.error = 2
        if let code = try context.engine().exec(container.id, request), code != 0 {
            throw CommandError("service \"\(rule.service)\": the command after the sync exited with status \(code)")
        }
    }
}
