internal import ComposeModel
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

/// What a project's services could do to this host: shown before a file that others wrote is started.
enum HostAccess {
    /// - Parameter roots: directories that came with the files; what lies below them is not the host's.
    /// - Returns: one line for each service that asks for more than a container has.
    static func lines(_ project: Project, roots: [String]) -> [String] {
        project.services.values.sorted { $0.name < $1.name }.compactMap { service in
            let wishes = wishes(of: service, roots)
            return wishes.isEmpty ? nil : "service \(service.name): \(wishes.joined(separator: ", "))"
        } + files(of: project, roots)
    }

    private static func wishes(of service: Service, _ roots: [String]) -> [String] {
        var wishes: [String] = []
        if let provider = service.provider { wishes.append("the host's program \(provider.type)") }
        if service.privileged { wishes.append("privileged") }
        if !service.capAdd.isEmpty { wishes.append("capabilities \(service.capAdd.joined(separator: ", "))") }
        let namespaces = [
            ("network", service.networkMode), ("processes", service.pid), ("IPC", service.ipc),
            ("cgroups", service.cgroup), ("host name", service.uts), ("users", service.usernsMode),
        ]
        wishes += namespaces.filter { $0.1 == "host" }.map { "the host's \($0.0)" }
        wishes += service.devices.map { "device \($0.source)" }
        if !service.gpus.isEmpty { wishes.append("GPUs") }
        wishes += service.deviceCgroupRules.map { "devices \($0)" }
        wishes += service.securityOpt.filter { $0.hasSuffix("unconfined") || $0.hasSuffix("disable") }
        if service.useAPISocket { wishes.append("the engine's API") }
        for mount in service.volumes where mount.kind == .bind {
            guard let source = mount.source, !isInside(source, roots) else { continue }
            wishes.append("\(source)\(mount.readOnly ? " to read" : "")")
        }
        return wishes
    }

    private static func files(of project: Project, _ roots: [String]) -> [String] {
        let secrets = project.secrets.map { ("secret \($0.key)", $0.value) }
        let configs = project.configs.map { ("config \($0.key)", $0.value) }
        // A volume can be any directory of the host by its driver's options.
        let volumes = project.volumes.sorted { $0.key < $1.key }.compactMap { name, volume in
            volume.driverOptions["device"].map { "volume \(name): \($0)" }
        }
        return volumes
            + (secrets + configs).sorted { $0.0 < $1.0 }.compactMap { name, value in
                if let file = value.file, !isInside(file, roots) { return "\(name): \(file)" }
                return value.environment.map { "\(name): the variable \($0)" }
            }
    }

    /// A link in what was fetched may lead out of it.
    private static func isInside(_ path: String, _ roots: [String]) -> Bool {
        let path = (try? Files.resolved(path)) ?? path
        return roots.contains { path == $0 || path.hasPrefix($0 + "/") }
    }
}

extension CommandContext {
    /// Asks before containers are started that files from elsewhere describe, as docker compose does.
    ///
    /// - Throws: when the answer is no, or there is nobody to answer.
    func confirmRemoteFiles(of project: Project, yes: Bool) throws(CommandError) {
        let sources = RemoteFiles.fetched
        if sources.isEmpty || yes { return }
        var lines = ["This Compose project includes files from remote sources:"]
        lines += sources.map { "  - \($0.source.withoutControls)" }
        let access = HostAccess.lines(project, roots: sources.map(\.directory))
        if !access.isEmpty {
            lines.append("They ask for access to this host:")
            lines += access.map { "  - \($0.withoutControls)" }
        }
        lines.append("Remote files could be malicious: make sure you trust their source.")
        for line in lines { errors.line(line) }
        guard Prompt.confirm("Do you want to continue?", fallback: false, output: output) else {
            throw CommandError(
                "operation cancelled by user", hint: "give -y to up or create to start them without a question")
        }
    }
}
