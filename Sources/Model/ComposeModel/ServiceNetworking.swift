/// How a service is attached to a network.
public struct ServiceNetwork: Sendable, Hashable {
    public var aliases: [String] = []
    public var driverOptions: [String: String] = [:]
    /// The network with the highest one gives the default route.
    public var gatewayPriority: Int64?
    public var interfaceName: String?
    public var ipv4Address: String?
    public var ipv6Address: String?
    public var linkLocalIPs: [String] = []
    public var macAddress: String?
    /// Networks are connected in descending order of it.
    public var priority: Int64?
    public var extensions: Extensions = [:]

    public init() {}
}

/// One published port.
public struct PortConfig: Sendable, Hashable {
    public var name: String?
    /// `ingress` or `host`; no difference outside a swarm.
    public var mode: String?
    public var hostIP: String?
    /// The port inside the container.
    public var target: UInt32
    /// `8080`, `8000-8010` (any free one of these), or nil (any free one).
    public var published: String?
    /// `tcp`, `udp`, `sctp`.
    public var protocolName: String?
    public var appProtocol: String?
    public var extensions: Extensions = [:]

    public init(target: UInt32) {
        self.target = target
    }
}

/// A network of the project.
public struct NetworkConfig: Sendable, Hashable {
    /// The name outside the project, `PROJECT_KEY` unless set.
    public var name: String?
    public var driver: String?
    public var driverOptions: [String: String] = [:]
    public var ipam = IPAMConfig()
    /// Made by somebody else; only looked up.
    public var external = false
    public var isInternal = false
    public var attachable = false
    public var labels: [String: String] = [:]
    public var enableIPv4: Bool?
    public var enableIPv6: Bool?
    public var extensions: Extensions = [:]

    public init() {}
}

public struct IPAMConfig: Sendable, Hashable {
    public var driver: String?
    public var config: [IPAMPool] = []
    public var extensions: Extensions = [:]

    public init() {}
}

/// One address range of a network.
public struct IPAMPool: Sendable, Hashable {
    /// CIDR.
    public var subnet: String?
    public var gateway: String?
    /// CIDR inside the subnet.
    public var ipRange: String?
    /// Host name → address that is never given out.
    public var auxiliaryAddresses: [String: String] = [:]
    public var extensions: Extensions = [:]

    public init() {}
}
