/// Where a container's network comes from.
public enum NetworkMode: Codable, Sendable, Hashable {
    /// Attached to `networks`.
    case networks
    /// Only `lo`.
    case none
    case host
    /// Shares the network namespace of the container with this id.
    case container(String)
}

/// How a container is attached to a network.
public struct NetworkAttachment: Codable, Sendable, Hashable {
    /// The network's name (not its key in the file).
    public var network: String
    /// Names besides the container's own under which it is found in this network.
    public var aliases: [String] = []
    /// A fixed address inside the network's subnet; nil takes a free one at each start.
    public var ipv4Address: String?
    /// As ``ipv4Address``; an error in a network without IPv6.
    public var ipv6Address: String?
    /// Further addresses of the interface, of either family (Compose `link_local_ips`).
    public var linkLocalAddresses: [String] = []
    /// nil is the container's, for its first network, else one derived from the IPv4 address.
    public var macAddress: String?
    /// In the container; nil is `eth0`, `eth1` … in the order of the networks.
    public var interfaceName: String?
    /// `driver_opts`: only `com.docker.network.endpoint.sysctls` is acted upon, see ``InterfaceParameter``.
    public var driverOptions: [String: String] = [:]
    /// Of the attachments the one with the highest gives the default route.
    public var gatewayPriority = 0

    public init(network: String) {
        self.network = network
    }
}

/// A container's addresses on a network.
public struct EndpointAddress: Codable, Sendable, Hashable {
    /// The container's own; empty in a network without IPv4.
    public var ipv4: String
    /// Of the network's subnet: bits, 0 to 32.
    public var prefixLength: Int
    /// Where it sends what is outside, in IPv4; empty without it.
    public var gateway: String
    /// The container's own of IPv6; nil without it, and in records of versions that did not keep it.
    public var ipv6: String?
    /// Of the network's subnet of IPv6: bits, 0 to 128.
    public var prefixLength6: Int?
    /// As ``gateway``.
    public var gateway6: String?
    /// Six pairs of hexadecimal digits with colons between them.
    public var macAddress: String

    public init(ipv4: String, prefixLength: Int, gateway: String, macAddress: String) {
        self.ipv4 = ipv4
        self.prefixLength = prefixLength
        self.gateway = gateway
        self.macAddress = macAddress
    }
}
