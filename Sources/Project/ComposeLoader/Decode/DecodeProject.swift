import ComposeModel
import YAML

/// Reads the top level.
struct DecodeProject {
    static let attributes: Attributes<Project> = [
        "services": map(\.services) { name, node, decoder throws(LoadFailure) in
            try DecodeService.read(name, node, decoder)
        },
        "networks": map(\.networks) { _, node, decoder throws(LoadFailure) in
            try read(NetworkConfig(), node, decoder, network, \.extensions)
        },
        "volumes": map(\.volumes) { _, node, decoder throws(LoadFailure) in
            try read(VolumeConfig(), node, decoder, volume, \.extensions)
        },
        "secrets": map(\.secrets) { _, node, decoder throws(LoadFailure) in
            try fileObject(node, decoder)
        },
        "configs": map(\.configs) { _, node, decoder throws(LoadFailure) in
            try fileObject(node, decoder)
        },
        "models": map(\.models) { _, node, decoder throws(LoadFailure) in
            try read(ModelConfig(), node, decoder, model, \.extensions)
        },
    ]

    /// An object made from a mapping.
    static func read<Object>(
        _ initial: Object, _ node: Node, _ decoder: Decoder, _ attributes: Attributes<Object>,
        _ extensions: WritableKeyPath<Object, Extensions>?
    ) throws(LoadFailure) -> Object {
        var object = initial
        try decoder.fill(&object, from: node, attributes, extensions: extensions)
        return object
    }

    private static func fileObject(_ node: Node, _ decoder: Decoder) throws(LoadFailure) -> FileObject {
        var object = try read(FileObject(), node, decoder, fileObject, \.extensions)
        if case .string(let content)? = object.extensions.removeValue(forKey: DocumentLoader.secretValue) {
            object.content = content
        }
        return object
    }

    private static let network: Attributes<NetworkConfig> = [
        "name": text(\.name), "driver": text(\.driver), "driver_opts": mapping(\.driverOptions),
        "external": boolean(\.external), "internal": boolean(\.isInternal), "attachable": boolean(\.attachable),
        "labels": mapping(\.labels), "enable_ipv4": boolean(\.enableIPv4), "enable_ipv6": boolean(\.enableIPv6),
        "ipam": object(\.ipam) { node, decoder throws(LoadFailure) in
            try read(IPAMConfig(), node, decoder, ipam, \.extensions)
        },
    ]

    private static let ipam: Attributes<IPAMConfig> = [
        "driver": text(\.driver),
        "config": list(\.config) { node, decoder throws(LoadFailure) in
            try read(IPAMPool(), node, decoder, pool, \.extensions)
        },
    ]

    private static let pool: Attributes<IPAMPool> = [
        "subnet": text(\.subnet), "gateway": text(\.gateway), "ip_range": text(\.ipRange),
        "aux_addresses": mapping(\.auxiliaryAddresses),
    ]

    private static let volume: Attributes<VolumeConfig> = [
        "name": text(\.name), "driver": text(\.driver), "driver_opts": mapping(\.driverOptions),
        "external": boolean(\.external), "labels": mapping(\.labels),
    ]

    private static let fileObject: Attributes<FileObject> = [
        "name": text(\.name), "file": text(\.file), "environment": text(\.environment), "content": text(\.content),
        "external": boolean(\.external), "labels": mapping(\.labels), "driver": text(\.driver),
        "driver_opts": mapping(\.driverOptions), "template_driver": text(\.templateDriver),
    ]

    private static let model: Attributes<ModelConfig> = [
        "name": text(\.name), "model": text(\.model), "context_size": integer(\.contextSize),
        "runtime_flags": strings(\.runtimeFlags),
    ]
}
