public import Primitives

/// How a service is attached to a network.
public struct ServiceNetwork: Sendable, Hashable {
    /// Names besides the service's own.
    public var aliases: [String] = []
    /// `driver_opts`.
    public var driverOptions: [String: String] = [:]
    /// The network with the highest one gives the default route.
    public var gatewayPriority: Int64?
    /// The interface's name in the container.
    public var interfaceName: String?
    /// A fixed address.
    public var ipv4Address: String?
    /// A fixed address.
    public var ipv6Address: String?
    /// Further addresses of the interface.
    public var linkLocalIPs: [String] = []
    /// The interface's Ethernet address.
    public var macAddress: String?
    /// Networks are connected in descending order of it.
    public var priority: Int64?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// One entry of a service's `ports`.
public struct PortConfig: Sendable, Hashable {
    /// The attributes of the long form as the file spells them, or as the short form means them. docker compose's
    /// `config` takes any text for some of them, and prints what it was given.
    public struct Spelling: Sendable, Hashable {
        /// The host's address; nil is all addresses, IPv4 and IPv6.
        public var hostIP: String?
        /// The port inside the container, as it was spelled.
        public var target: UInt32 = 0
        /// The host's port or range, as it was spelled; nil is any.
        public var published: String?
        /// `protocol`, as it was spelled.
        public var transport: String?

        public init() {}
    }

    /// A name for people.
    public var name: String?
    /// `ingress` or `host`; no difference outside a swarm.
    public var mode: String?
    /// `app_protocol`: what is spoken, for those who read the file.
    public var appProtocol: String?
    /// The object's `x-…` attributes.
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
    /// The network's or address manager's driver; nil is the usual one.
    public var driver: String?
    /// `driver_opts`.
    public var driverOptions: [String: String] = [:]
    /// How addresses are given out.
    public var ipam = IPAMConfig()
    /// Made by somebody else; only looked up.
    public var external = false
    /// `internal`: no way to the outside.
    public var isInternal = false
    /// Containers of others may be attached, in a swarm.
    public var attachable = false
    /// The network's labels.
    public var labels: [String: String] = [:]
    /// `enable_ipv4`; nil is true.
    public var enableIPv4: Bool?
    /// `enable_ipv6`; nil is false.
    public var enableIPv6: Bool?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// `ipam`.
public struct IPAMConfig: Sendable, Hashable {
    /// The network's or address manager's driver; nil is the usual one.
    public var driver: String?
    /// The address ranges.
    public var config: [IPAMPool] = []
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// One address range of a network.
public struct IPAMPool: Sendable, Hashable {
    /// CIDR.
    public var subnet: String?
    /// The host's address in the range; nil is the first.
    public var gateway: String?
    /// CIDR inside the subnet.
    public var ipRange: String?
    /// Host name → address that is never given out.
    public var auxiliaryAddresses: [String: String] = [:]
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}
