internal import ContainerModel
internal import EngineModel
internal import Primitives

/// What of a container's configuration came from its service, field by field as text: for the hash that tells whether
/// something changed, and for saying what did.
enum ConfigurationFields {
    /// Stable between runs of the program: everything without an order is sorted.
    static func text(_ configuration: ContainerConfiguration) -> String {
        fields(configuration).map { "\($0.name)=\($0.value)\n" }.joined()
    }

    /// What differs between a container's recorded configuration and the one that its service asks for now.
    ///
    /// Only fields that the engine records as they were given are compared.
    static func changes(from old: ContainerConfiguration, to new: ContainerConfiguration) -> [String] {
        let (before, after) = (fields(old), fields(new))
        var changed: [String] = []
        for (left, right) in zip(before, after)
        where left.value != right.value && !recordedOtherwise.contains(left.name) {
            changed.append(left.name == "environment" ? variables(old.environment, new.environment) : left.name)
        }
        return changed
    }

    /// The engine adds the image's part to these, or volumes are carried over into them.
    private static let recordedOtherwise: Set<String> = [
        "labels", "healthcheck", "exposed ports", "stop signal", "volumes", "networks", "image",
    ]

    private static func variables(_ old: [String: String?], _ new: [String: String?]) -> String {
        let names = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
        return "environment " + names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " …" : "")
    }

    private static func fields(_ item: ContainerConfiguration) -> [(name: String, value: String)] {
        process(item) + surroundings(item) + confinement(item)
    }

    private static func process(_ item: ContainerConfiguration) -> [(name: String, value: String)] {
        [
            ("image", item.image),
            ("labels", sorted(item.labels.filter { !$0.key.hasPrefix(ProjectLabel.prefix) })),
            ("annotations", sorted(item.annotations)),
            ("command", list(item.command)),
            ("entrypoint", list(item.entrypoint)),
            ("environment", sorted(item.environment.mapValues { $0 ?? "\u{0}" })),
            ("working_dir", item.workingDirectory ?? ""),
            ("user", item.user ?? ""),
            ("group_add", list(item.groupAdd)),
            ("hostname", item.hostname ?? ""),
            ("domainname", item.domainname ?? ""),
            ("tty", "\(item.terminal)"),
            ("stdin_open", "\(item.openStdin)"),
            ("init", "\(item.initProcess)"),
            ("stop signal", item.stopSignal ?? ""),
            ("stop_grace_period", item.stopTimeout.map { "\($0)" } ?? ""),
            ("restart", text(of: item.restart, item.restartPacing)),
            ("healthcheck", item.healthcheck.map(text(of:)) ?? ""),
        ]
    }

    private static func surroundings(_ item: ContainerConfiguration) -> [(name: String, value: String)] {
        [
            ("volumes", item.mounts.map(text(of:)).joined(separator: "\n")),
            ("volumes_from", list(item.volumesFrom)),
            ("read_only", "\(item.readOnlyRoot)"),
            ("shm_size", item.shmSize.map { "\($0)" } ?? ""),
            ("network_mode", text(of: item.networkMode)),
            ("networks", item.networks.map(attachment).joined(separator: "\n")),
            ("links", sorted(item.links)),
            ("ports", item.ports.map(text(of:)).joined(separator: "\n")),
            ("exposed ports", list(item.exposedPorts.map(\.description))),
            ("extra_hosts", list(item.extraHosts)),
            ("dns", list(item.dns + ["/"] + item.dnsSearch + ["/"] + item.dnsOptions)),
            ("mac_address", item.macAddress ?? ""),
            ("logging", item.logging.driver + " " + sorted(item.logging.options)),
            ("secrets and configs", item.files.map(text(of:)).joined(separator: "\n")),
        ]
    }

    private static func confinement(_ item: ContainerConfiguration) -> [(name: String, value: String)] {
        [
            ("pid", text(of: item.pid)), ("ipc", item.hasNoSharedMemory == true ? "none" : text(of: item.ipc)),
            ("uts", text(of: item.uts)),
            ("cgroup", text(of: item.cgroup)),
            ("privileged", "\(item.privileged)"),
            ("cap_add", list(item.capAdd)),
            ("cap_drop", list(item.capDrop)),
            ("security_opt", list(item.securityOpt)),
            ("devices", item.devices.map { list([$0.source, $0.target, $0.permissions]) }.joined(separator: "\n")),
            ("device requests", (item.deviceRequests ?? []).map(text(of:)).joined(separator: "\n")),
            ("device_cgroup_rules", list(item.deviceCgroupRules)),
            ("sysctls", sorted(item.sysctls)),
            ("ulimits", item.ulimits.map { "\($0.name) \($0.soft) \($0.hard)" }.joined(separator: "\n")),
            ("oom_score_adj", item.oomScoreAdj.map { "\($0)" } ?? ""),
            ("resources", text(of: item.resources)),
            ("cgroup_parent", item.cgroupParent ?? ""),
            ("storage_opt", sorted(item.storageOptions)),
        ]
    }

    private static func attachment(_ item: NetworkAttachment) -> String {
        let addresses = [
            item.ipv4Address ?? "", item.ipv6Address ?? "", item.macAddress ?? "", item.interfaceName ?? "",
        ]
        return [
            item.network, list(item.aliases), list(addresses), list(item.linkLocalAddresses),
            sorted(item.driverOptions), "\(item.gatewayPriority)",
        ].joined(separator: " ")
    }

    /// nil and empty are different.
    static func list(_ items: [String]?) -> String {
        items.map { "[" + $0.map { "\($0.utf8.count):\($0)" }.joined(separator: ",") + "]" } ?? ""
    }

    private static func sorted(_ items: [String: String]) -> String {
        items.isEmpty ? "" : list(items.keys.sorted().flatMap { [$0, items[$0] ?? ""] })
    }
}
