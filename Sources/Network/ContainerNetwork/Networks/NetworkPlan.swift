public import Primitives

/// How a network's interfaces come to be.
public enum NetworkLink: Codable, Sendable, Hashable {
    /// Pairs of interfaces, the outer one a port of the network's bridge.
    case bridge
    /// On a parent.
    case macvlan(MacvlanMode)
    /// On a parent.
    case ipvlan(IPvlanMode, IPvlanFlag)

    /// Whether the interfaces hang on an interface of the host instead of a bridge of the network's own.
    public var hasParent: Bool { self != .bridge }
}

/// A network as it is made: everything about it that does not change while it exists. Stored by the caller, so what
/// was added later may be missing from a record.
public struct NetworkPlan: Codable, Sendable, Hashable {
    /// 64 lower-case hexadecimal digits; interface, table and group names derive from it.
    public var id: String
    /// The name users see, such as `shop_default`; also the DNS suffix of its containers.
    public var name: String
    /// The interface's name on the host, at most 15 bytes: the network's own bridge, or the parent of its interfaces.
    public var bridge: String
    /// ``NetworkLink/bridge`` if nil; see ``kind``.
    public var link: NetworkLink?
    /// nil without IPv4.
    public var subnet: IPv4Subnet?
    /// Where containers send what is outside; of a bridge its own address. nil without IPv4.
    public var gateway: IPv4Address?
    /// Addresses are given out from here; nil is the whole subnet.
    public var ipRange: IPv4Subnet?
    /// Never given out, by name (Compose `aux_addresses`).
    public var auxiliaryAddresses: [String: IPv4Address] = [:]
    /// nil without IPv6.
    public var subnet6: IPv6Subnet?
    /// As ``gateway``.
    public var gateway6: IPv6Address?
    /// As ``ipRange``.
    public var ipRange6: IPv6Subnet?
    /// As ``auxiliaryAddresses``; nil is none.
    public var auxiliaryAddresses6: [String: IPv6Address]?
    /// No way in or out but through the host's own DNS (Compose `internal`).
    public var isInternal = false
    /// Bytes; nil is that of the host's default route, or of the parent.
    public var mtu: Int?
    /// Outgoing packets get the host's address (`com.docker.network.bridge.enable_ip_masquerade`).
    public var masquerade = true
    /// Containers may talk to each other (`com.docker.network.bridge.enable_icc`).
    public var interContainer = true
    /// Host address for ports that name none (`com.docker.network.bridge.host_binding_ipv4`).
    public var hostBinding: IPv4Address?
    /// Prefix of interface names in containers (`com.docker.network.container_iface_prefix`); `eth` if nil.
    public var interfacePrefix: String?
    /// nil is ``GatewayMode/nat``.
    public var gatewayMode4: GatewayMode?
    /// nil is ``GatewayMode/nat``.
    public var gatewayMode6: GatewayMode?
    /// True: the bridge has no IPv4 address of its own, somebody else is the gateway.
    public var inhibitsIPv4: Bool?
    /// What outgoing packets get as their source; nil is the address of the interface they leave by.
    public var hostIPv4: IPv4Address?
    /// The same for IPv6.
    public var hostIPv6: IPv6Address?

    public init(id: String, name: String, bridge: String, subnet: IPv4Subnet? = nil, gateway: IPv4Address? = nil) {
        self.id = id
        self.name = name
        self.bridge = bridge
        self.subnet = subnet
        self.gateway = gateway
    }

    /// How the network's interfaces come to be.
    public var kind: NetworkLink { link ?? .bridge }

    /// Whether ports of the host can lead to its containers.
    public var publishesPorts: Bool { kind == .bridge && !isInternal }

    /// The bridge's own IPv4 address, the host's in this network; nil if it has none.
    public var hostAddress: IPv4Address? {
        kind.hasParent || inhibitsIPv4 == true || gatewayMode4 == .isolated ? nil : gateway
    }

    /// The bridge's own IPv6 address, the host's in this network; nil if it has none.
    public var hostAddress6: IPv6Address? { kind.hasParent || gatewayMode6 == .isolated ? nil : gateway6 }
}

/// What someone wants a new network to be, before addresses are chosen.
public struct NetworkRequest: Sendable, Hashable {
    /// 64 lower-case hexadecimal digits, chosen by the caller.
    public var id: String
    /// The name users see, such as `shop_default`.
    public var name: String
    /// By the names of ``Primitives/NetworkDriver``, nil is `bridge`; others are refused.
    public var driver: String?
    /// See ``Primitives/NetworkOption``; others mean nothing.
    public var driverOptions: [String: String] = [:]
    /// Compose `internal`: no way in or out but through the host's DNS.
    public var isInternal = false
    /// Compose `enable_ipv4`; nil is true.
    public var enableIPv4: Bool?
    /// Compose `enable_ipv6`; a subnet of IPv6 among ``pools`` means the same.
    public var enableIPv6 = false
    /// At most one per family; empty: a free subnet is chosen.
    public var pools: [AddressPool] = []

    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// A container's place in a network, before its interface exists. The addresses are leased by the caller.
public struct EndpointRequest: Sendable, Hashable {
    /// The one that the interface will be part of.
    public var network: NetworkPlan
    /// Leased; inside the network's subnet. nil if the network has no IPv4.
    public var ipv4: IPv4Address?
    /// Leased; nil if the network has no IPv6.
    public var ipv6: IPv6Address?
    /// nil: derived from the address, so a restarted container keeps it.
    public var macAddress: MACAddress?
    /// nil: `eth0`, `eth1` … in the order of the requests.
    public var interfaceName: String?
    /// Further addresses of the interface (Compose `link_local_ips`).
    public var linkLocalAddresses: [IPAddress] = []
    /// The highest one gives the default route; of equal ones the first.
    public var gatewayPriority = 0
    /// Of the interface, set before it is up.
    public var parameters: [InterfaceParameter] = []

    public init(network: NetworkPlan, ipv4: IPv4Address? = nil) {
        self.network = network
        self.ipv4 = ipv4
    }
}

/// A container's interface in a network.
public struct Endpoint: Sendable, Hashable {
    /// The one that the interface is part of.
    public var network: NetworkPlan
    /// As in the request.
    public var ipv4: IPv4Address?
    /// As in the request.
    public var ipv6: IPv6Address?
    /// As asked for, or derived from the address; with ipvlan the parent's.
    public var macAddress: MACAddress
    /// In the container, such as `eth0`.
    public var interfaceName: String
}

extension Endpoint {
    /// Those of its addresses that there are, IPv4 first.
    public var addresses: [IPAddress] { (ipv4.map { [.v4($0)] } ?? []) + (ipv6.map { [.v6($0)] } ?? []) }
}

/// What a container asks of its resolver.
public struct ResolverSettings: Sendable, Hashable {
    /// Servers to ask instead of the host's (Compose `dns`).
    public var servers: [IPAddress] = []
    /// Names that only this container knows (Compose `links`): alias → container id.
    public var links: [String: String] = [:]

    public init() {}
}
