public import Primitives

/// A network as made: everything about it that does not change while it exists. Stored by the caller.
public struct BridgeNetwork: Codable, Sendable, Hashable {
    /// 64 lower-case hexadecimal digits; interface, table and group names derive from it.
    public var id: String
    /// The name users see, such as `shop_default`; also the DNS suffix of its containers.
    public var name: String
    /// The bridge's interface name on the host, at most 15 bytes.
    public var bridge: String
    /// Of IPv4: each network has one.
    public var subnet: IPv4Subnet
    /// The bridge's own address. Internal networks have one too, for the host only.
    public var gateway: IPv4Address
    /// Addresses are given out from here; nil is the whole subnet.
    public var ipRange: IPv4Subnet?
    /// Never given out, by name (Compose `aux_addresses`).
    public var auxiliaryAddresses: [String: IPv4Address] = [:]
    /// nil without IPv6.
    public var subnet6: IPv6Subnet?
    /// The bridge's own address of IPv6; nil without IPv6.
    public var gateway6: IPv6Address?
    /// No way in or out but through the host's own DNS (Compose `internal`).
    public var isInternal = false
    /// Bytes; nil is that of the host's default route.
    public var mtu: Int?
    /// Outgoing packets get the host's address (`com.docker.network.bridge.enable_ip_masquerade`).
    public var masquerade = true
    /// Containers may talk to each other (`com.docker.network.bridge.enable_icc`).
    public var interContainer = true
    /// Host address for ports that name none (`com.docker.network.bridge.host_binding_ipv4`).
    public var hostBinding: IPv4Address?
    /// Prefix of interface names in containers (`com.docker.network.container_iface_prefix`); `eth` if nil.
    public var interfacePrefix: String?

    public init(id: String, name: String, bridge: String, subnet: IPv4Subnet, gateway: IPv4Address) {
        self.id = id
        self.name = name
        self.bridge = bridge
        self.subnet = subnet
        self.gateway = gateway
    }
}

/// What someone wants a new network to be, before addresses are chosen.
public struct NetworkRequest: Sendable, Hashable {
    /// 64 lower-case hexadecimal digits, chosen by the caller.
    public var id: String
    /// The name users see, such as `shop_default`.
    public var name: String
    /// nil and `bridge` are the same; others are refused.
    public var driver: String?
    /// `com.docker.network.…`; those that nothing here does are refused.
    public var driverOptions: [String: String] = [:]
    /// Compose `internal`: no way in or out but through the host's DNS.
    public var isInternal = false
    /// Compose `enable_ipv6`; a subnet of IPv6 among ``pools`` means the same.
    public var enableIPv6 = false
    /// At most one per family; empty: a free subnet is chosen.
    public var pools: [AddressPool] = []

    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// A container's place in a network, before its interface exists. The address is leased by the caller.
public struct EndpointRequest: Sendable, Hashable {
    /// The one that the interface will be part of.
    public var network: BridgeNetwork
    /// Leased; inside the network's subnet.
    public var ipv4: IPv4Address
    /// Leased; nil if the network has no IPv6.
    public var ipv6: IPv6Address?
    /// nil: derived from the IPv4 address, so a restarted container keeps it.
    public var macAddress: MACAddress?
    /// nil: `eth0`, `eth1` … in the order of the requests.
    public var interfaceName: String?
    /// Further addresses of the interface (Compose `link_local_ips`).
    public var linkLocalAddresses: [IPAddress] = []
    /// The highest one gives the default route; of equal ones the first.
    public var gatewayPriority = 0
    /// Of the interface, set before it is up.
    public var parameters: [InterfaceParameter] = []

    public init(network: BridgeNetwork, ipv4: IPv4Address) {
        self.network = network
        self.ipv4 = ipv4
    }
}

/// A container's interface in a network.
public struct Endpoint: Sendable, Hashable {
    /// The one that the interface is part of.
    public var network: BridgeNetwork
    /// As in the request.
    public var ipv4: IPv4Address
    /// As in the request.
    public var ipv6: IPv6Address?
    /// As asked for, or derived from the IPv4 address.
    public var macAddress: MACAddress
    /// In the container, such as `eth0`.
    public var interfaceName: String
    /// The other end's name on the host; empty if it could not be found again after ``NetworkStack/adoptSandbox``.
    public var hostInterface: String
}

/// What a container asks of its resolver.
public struct ResolverSettings: Sendable, Hashable {
    /// Servers to ask instead of the host's (Compose `dns`).
    public var servers: [IPAddress] = []
    /// Names that only this container knows (Compose `links`): alias → container id.
    public var links: [String: String] = [:]

    public init() {}
}
