internal import EngineModel
internal import Primitives

/// The networks of this host, with who is in them.
struct NetworkRows {
    let networks: [Network]
    private let containers: [Container]

    /// By name.
    init(_ engine: any Engine) throws(EngineError) {
        networks = try engine.networks(labels: [:]).sorted { $0.name < $1.name }
        containers = try engine.containers(labels: [:])
    }

    /// Whether a container, running or not, is to be in it.
    func isUsed(_ network: Network) -> Bool {
        containers.contains { container in
            container.configuration.networks.contains { $0.network == network.name || $0.network == network.id }
        }
    }

    static func fields(_ network: Network, full: Bool) -> RecordFields {
        let configuration = network.configuration
        let labels = configuration.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return [
            ("CreatedAt", TimeText.goText(network.created)), ("Driver", configuration.driver ?? "bridge"),
            ("ID", full ? network.id : String(network.id.prefix(12))), ("IPv4", "true"),
            ("IPv6", "\(configuration.hasIPv6)"), ("Internal", "\(configuration.isInternal)"),
            ("Labels", labels.joined(separator: ",")), ("Name", network.name), ("Scope", "local"),
        ]
    }
}

extension NetworkConfiguration {
    /// Whether its containers get addresses of IPv6.
    var hasIPv6: Bool { enableIPv6 || pools.contains { ($0.subnet ?? "").contains(":") } }
}
