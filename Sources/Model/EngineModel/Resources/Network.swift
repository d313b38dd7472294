public import Primitives

/// What to make a network from.
public struct NetworkConfiguration: Codable, Sendable, Hashable {
    /// What users call it, such as `shop_default`; no other network may have it.
    public var name: String
    /// nil and `bridge` are the same; others are refused.
    public var driver: String?
    /// `com.docker.network.…` (Compose `driver_opts`); those that nothing here does are refused.
    public var driverOptions: [String: String] = [:]
    /// By them the network is found again; nothing else follows from them.
    public var labels: [String: String] = [:]
    /// No way in or out (Compose `internal`).
    public var isInternal = false
    /// Compose `enable_ipv6`: addresses of both families; a subnet of IPv6 among ``pools`` means the same.
    public var enableIPv6 = false
    /// Empty: a free subnet is chosen.
    public var pools: [AddressPool] = []

    public init(name: String) {
        self.name = name
    }
}

/// A network that exists.
public struct Network: Codable, Sendable, Hashable {
    /// 64 lower-case hexadecimal digits; never given twice.
    public var id: String
    /// What it was made from.
    public var configuration: NetworkConfiguration
    /// When it was made.
    public var created: Instant
    /// CIDR as chosen or given.
    public var subnet: String
    /// The bridge's own IPv4 address.
    public var gateway: String
    /// The interface's name on the host.
    public var bridge: String

    /// What users call it.
    public var name: String { configuration.name }

    public init(
        id: String, configuration: NetworkConfiguration, created: Instant, subnet: String, gateway: String,
        bridge: String
    ) {
        self.id = id
        self.configuration = configuration
        self.created = created
        self.subnet = subnet
        self.gateway = gateway
        self.bridge = bridge
    }
}
