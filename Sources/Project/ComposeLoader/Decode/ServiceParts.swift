import ComposeModel
import Primitives
import YAML

/// Reads the smaller objects of a service.
enum ServiceParts {
    @Sendable static func reference(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> FileReference {
        try DecodeProject.read(FileReference(source: ""), node, decoder, reference, \.extensions)
    }

    private static let reference: Attributes<FileReference> = [
        "source": text(\.source), "target": text(\.target), "uid": text(\.uid), "gid": text(\.gid),
        "mode": object(\.mode, mode),
    ]

    /// Octal as text.
    @Sendable private static func mode(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> Int64? {
        guard let text = node.string else {
            if case .float = node.value { throw decoder.failure("\(node.text) is not a mode", node) }
            return try decoder.integer(node)
        }
        if let mode = Int64(text, radix: 8) { return mode }
        throw decoder.failure("\"\(text)\" is not an octal mode", node)
    }

    static let credentialSpec: Attributes<CredentialSpec> = [
        "config": text(\.config), "file": text(\.file), "registry": text(\.registry),
    ]

    static let dependency: Attributes<ServiceDependency> = [
        "condition": object(\.condition) { node, decoder throws(LoadFailure) in
            guard let condition = ServiceDependency.Condition(rawValue: try decoder.text(node)) else {
                throw decoder.failure("\"\(node.text)\" is not a condition", node)
            }
            return condition
        },
        "restart": boolean(\.restart), "required": boolean(\.required),
    ]

    static let device: Attributes<DeviceConfig> = [
        "source": text(\.source), "target": text(\.target), "permissions": text(\.permissions),
    ]

    static let provider: Attributes<ProviderConfig> = [
        "type": text(\.type),
        "options": map(\.options) { _, node, decoder throws(LoadFailure) in try decoder.scalars(node) },
    ]

    static let envFile: Attributes<EnvFile> = [
        "path": text(\.path), "required": boolean(\.required), "format": text(\.format),
    ]

    static let healthcheck: Attributes<HealthcheckConfig> = [
        "test": object(\.test) { node, decoder throws(LoadFailure) in
            if let line = node.string { return ["CMD-SHELL", line] }
            return try decoder.strings(node)
        },
        "timeout": duration(\.timeout, negative: false), "interval": duration(\.interval, negative: false),
        "retries": { object, node, decoder throws(LoadFailure) in
            let retries = try decoder.integer(node)
            guard retries >= 0 else { throw decoder.failure("\(retries) must not be negative", node) }
            object.retries = retries
        },

        "start_period": duration(\.startPeriod, negative: false),
        "start_interval": duration(\.startInterval, negative: false),
        "disable": boolean(\.disable),
    ]

    static let logging: Attributes<LoggingConfig> = ["driver": text(\.driver), "options": mapping(\.options)]

    static let model: Attributes<ServiceModel> = [
        "endpoint_var": text(\.endpointVariable), "model_var": text(\.modelVariable),
    ]

    static let network: Attributes<ServiceNetwork> = [
        "aliases": strings(\.aliases), "driver_opts": mapping(\.driverOptions),
        "gw_priority": integer(\.gatewayPriority), "interface_name": text(\.interfaceName),
        "ipv4_address": text(\.ipv4Address), "ipv6_address": text(\.ipv6Address),
        "link_local_ips": strings(\.linkLocalIPs), "mac_address": text(\.macAddress), "priority": integer(\.priority),
    ]

    @Sendable static func port(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> PortConfig {
        var spelling = PortConfig.Spelling()
        try decoder.fill(&spelling, from: node, portSpelling, extensions: nil)
        return try DecodeProject.read(PortConfig(spelling), node, decoder, port, \.extensions)
    }

    private static let port: Attributes<PortConfig> = [
        "name": text(\.name), "mode": text(\.mode), "app_protocol": text(\.appProtocol),
    ]

    private static let portSpelling: Attributes<PortConfig.Spelling> = [
        "host_ip": text(\.hostIP), "published": text(\.published), "protocol": text(\.transport),
        "target": object(\.target) { node, decoder throws(LoadFailure) in
            let number = try decoder.integer(node)
            guard let target = UInt32(exactly: number) else {
                throw decoder.failure("\(number) is not a port", node)
            }
            return target
        },
    ]

    @Sendable static func ulimit(
        _ name: String, _ node: Node, _ decoder: Decoder
    ) throws(LoadFailure) -> UlimitConfig {
        guard let mapping = node.mapping else { return UlimitConfig(single: try decoder.integer(node)) }
        return UlimitConfig(
            soft: try mapping["soft"].map { node throws(LoadFailure) in try decoder.integer(node) } ?? 0,
            hard: try mapping["hard"].map { node throws(LoadFailure) in try decoder.integer(node) } ?? 0)
    }

    @Sendable static func hook(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> ServiceHook {
        try DecodeProject.read(ServiceHook(), node, decoder, hook, \.extensions)
    }

    private static let hook: Attributes<ServiceHook> = [
        "command": command(\.command), "user": text(\.user), "privileged": boolean(\.privileged),
        "working_dir": text(\.workingDir), "environment": variables(\.environment),
    ]

    @Sendable static func volume(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> ServiceVolume {
        try DecodeProject.read(
            ServiceVolume(kind: .volume, source: nil, target: ""), node, decoder, volume, \.extensions)
    }

    private static let volume: Attributes<ServiceVolume> = [
        "type": object(\.kind) { node, decoder throws(LoadFailure) in
            guard let kind = ServiceVolume.Kind(rawValue: try decoder.text(node)) else {
                throw decoder.failure("\"\(node.text)\" is not a type of mount", node)
            }
            return kind
        },
        "source": text(\.source), "target": text(\.target), "read_only": boolean(\.readOnly),
        "consistency": text(\.consistency),
        "bind": object(\.bind) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(ServiceVolume.Bind(), node, decoder, bind, \.extensions)
        },
        "volume": object(\.volume) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(ServiceVolume.Volume(), node, decoder, named, \.extensions)
        },
        "tmpfs": object(\.tmpfs) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(ServiceVolume.Tmpfs(), node, decoder, tmpfs, \.extensions)
        },
        "image": object(\.image) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(ServiceVolume.Image(), node, decoder, image, \.extensions)
        },
    ]

    private static let bind: Attributes<ServiceVolume.Bind> = [
        "selinux": word(\.selinux, "one of z and Z"),
        "propagation": word(\.propagation, "one of private, rprivate, shared, rshared, slave, rslave"),
        "create_host_path": boolean(\.createHostPath), "recursive": text(\.recursive),
    ]

    private static let named: Attributes<ServiceVolume.Volume> = [
        "labels": mapping(\.labels), "nocopy": boolean(\.nocopy), "subpath": text(\.subpath),
    ]

    private static let tmpfs: Attributes<ServiceVolume.Tmpfs> = [
        "size": size(\.size),
        "mode": { object, node, decoder throws(LoadFailure) in
            // Text is refused: one could not tell octal from decimal.
            guard node.string == nil else { throw decoder.failure("must be an integer, such as 01777", node) }
            let mode = try decoder.integer(node)
            object.mode = mode == 0 ? nil : mode
        },
    ]

    private static let image: Attributes<ServiceVolume.Image> = ["subpath": text(\.subpath)]
}
