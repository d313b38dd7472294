public import Primitives

/// What stands in a map or set of a network's table.
protocol TableElement {
    /// The map or set.
    var name: String { get }
    var key: String { get }
    /// Behind the key; empty in a set.
    var value: String { get }
}

extension TableElement {
    func addition(to table: String) -> String { "add element inet \(table) \(name) { \(key)\(value) }\n" }
    func query(in table: String) -> String { "get element inet \(table) \(name) { \(key) }\n" }
    func removal(from table: String) -> String { "delete element inet \(table) \(name) { \(key) }\n" }
}

/// A published port as the kernel knows it: packets to the host's port go to the container's.
public struct PortRule: Sendable, Hashable, TableElement {
    /// nil is every address of the host, of the container's family; else one of the same family.
    public var hostAddress: IPAddress?
    /// The port on the host.
    public var hostPort: UInt16
    /// Which port it is.
    public var transport: TransportProtocol
    /// The container's address on the network.
    public var containerAddress: IPAddress
    /// The port in the container.
    public var containerPort: UInt16

    public init(
        hostAddress: IPAddress?, hostPort: UInt16, transport: TransportProtocol, containerAddress: IPAddress,
        containerPort: UInt16
    ) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.transport = transport
        self.containerAddress = containerAddress
        self.containerPort = containerPort
    }

    static let maps: [(name: String, type: String)] = [
        ("ports", "inet_proto . inet_service : ipv4_addr . inet_service"),
        ("address_ports", "ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service"),
        ("ports6", "inet_proto . inet_service : ipv6_addr . inet_service"),
        ("address_ports6", "ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service"),
    ]

    var name: String {
        let name = hostAddress == nil ? "ports" : "address_ports"
        return if case .v6 = containerAddress { name + "6" } else { name }
    }

    var key: String { (hostAddress.map { "\($0) . " } ?? "") + "\(transport) . \(hostPort)" }

    /// As nft prints it too.
    var value: String { " : \(containerAddress) . \(containerPort)" }
}

/// A port of a container that is reached at its own address (``Primitives/GatewayMode/routed``).
public struct OpenPort: Sendable, Hashable, TableElement {
    /// The container's.
    public var address: IPAddress
    /// Which port it is.
    public var port: ContainerPort

    public init(address: IPAddress, port: ContainerPort) {
        self.address = address
        self.port = port
    }

    static let sets: [(name: String, type: String)] = [
        ("open", "ipv4_addr . inet_proto . inet_service"), ("open6", "ipv6_addr . inet_proto . inet_service"),
    ]

    /// - Parameter family: `ip` or `ip6`.
    static func set(_ family: String) -> String { family == "ip" ? "open" : "open6" }

    var name: String { if case .v6 = address { Self.set("ip6") } else { Self.set("ip") } }

    var key: String { "\(address) . \(port.transport) . \(port.number)" }

    var value: String { "" }
}
