public import Primitives

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

/// One entry of a service's `ports`.
public struct PortConfig: Sendable, Hashable {
    /// The attributes of the long form as the file spells them, or as the short form means them. docker compose's
    /// `config` takes any text for some of them, and prints what it was given.
    public struct Spelling: Sendable, Hashable {
        public var hostIP: String?
        public var target: UInt32 = 0
        public var published: String?
        public var transport: String?

        public init() {}
    }

    public var name: String?
    /// `ingress` or `host`; no difference outside a swarm.
    public var mode: String?
    public var appProtocol: String?
    public var extensions: Extensions = [:]
    /// For those who print it; all others look at `mapping`.
    public let spelling: Spelling
    /// What is asked for, or why the spelling means no port.
    public let mapping: Result<PortMapping, GrammarError>

    /// Reads the long form.
    public init(_ spelling: Spelling) {
        self.spelling = spelling
        mapping = Result { () throws(GrammarError) in
            try PortMapping(
                hostAddress: spelling.hostIP, published: spelling.published, target: Int64(spelling.target),
                transport: spelling.transport)
        }
    }

    /// The entry that a part of the short form stands for.
    public init(_ mapping: PortMapping) {
        var spelling = Spelling()
        spelling.hostIP = mapping.hostAddress?.description
        spelling.target = UInt32(mapping.containerPort)
        spelling.published = mapping.hostPorts?.description
        spelling.transport = mapping.transport.rawValue
        self.spelling = spelling
        self.mapping = .success(mapping)
        mode = "ingress"
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
