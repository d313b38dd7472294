public import Primitives

/// What to make a network from.
public struct NetworkConfiguration: Codable, Sendable, Hashable {
    /// What users call it, such as `shop_default`; no other network may have it.
    public var name: String
    /// nil is `bridge`; see ``Primitives/NetworkDriver``, others are refused.
    public var driver: String?
    /// Compose `driver_opts`; see ``Primitives/NetworkOption``, others mean nothing.
    public var driverOptions: [String: String] = [:]
    /// By them the network is found again; nothing else follows from them.
    public var labels: [String: String] = [:]
    /// No way in or out (Compose `internal`).
    public var isInternal = false
    /// Compose `enable_ipv4`; nil is true.
    public var enableIPv4: Bool?
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
    /// CIDR as chosen or given; empty without IPv4.
    public var subnet: String
    /// Where its containers send what is outside, in IPv4; of a bridge its own address. Empty without IPv4.
    public var gateway: String
    /// The interface's name on the host: the network's bridge, or the parent of its containers' interfaces.
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
