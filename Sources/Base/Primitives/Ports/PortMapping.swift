/// A published port as asked for: which ports of the host lead to which port of the container.
///
/// It is made where a text comes in (Compose file, command line) and travels as it is until the port is bound, which
/// makes a ``BoundPort`` of it.
public struct PortMapping: Hashable, Sendable {
    /// nil is all addresses of the host, IPv4 and IPv6.
    public var hostAddress: IPAddress?
    /// Any free one of these is taken; nil, and a range from 0, is any free port at all.
    public var hostPorts: PortRange?
    /// Not 0.
    public var containerPort: UInt16
    /// Of both ends.
    public var transport: TransportProtocol

    public init(
        hostAddress: IPAddress? = nil, hostPorts: PortRange? = nil, containerPort: UInt16,
        transport: TransportProtocol = .tcp
    ) {
        self.hostAddress = hostAddress
        self.hostPorts = hostPorts
        self.containerPort = containerPort
        self.transport = transport
    }

    /// Whether the kernel chooses the host's port.
    public var takesAnyHostPort: Bool { (hostPorts?.first ?? 0) == 0 }
}

extension PortMapping: CustomStringConvertible {
    /// In the short form: `127.0.0.1:8000-8010:80/tcp`, `[::1]::80/udp`, `80/tcp`.
    public var description: String {
        let address = hostAddress.map { "\($0.bracketed):" } ?? ""
        let ports = hostPorts.map { "\($0):" } ?? (address.isEmpty ? "" : ":")
        return "\(address)\(ports)\(containerPort)/\(transport)"
    }
}

extension PortMapping: Codable {
    /// The names and texts of the records that earlier versions wrote.
    private enum CodingKeys: String, CodingKey {
        case hostAddress
        case hostPorts = "hostPort"
        case containerPort
        case transport = "protocolName"
    }

    /// Earlier versions recorded a host's address and port before they looked at them. Of such a container, which could
    /// not start, the record must stay readable: what means nothing counts as not given.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            hostAddress: try container.decodeIfPresent(String.self, forKey: .hostAddress).flatMap(IPAddress.init),
            hostPorts: PortRange(try container.decode(String.self, forKey: .hostPorts)),
            containerPort: try container.decode(UInt16.self, forKey: .containerPort),
            transport: try container.decode(TransportProtocol.self, forKey: .transport))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(hostAddress, forKey: .hostAddress)
        try container.encode(hostPorts?.description ?? "", forKey: .hostPorts)
        try container.encode(containerPort, forKey: .containerPort)
        try container.encode(transport, forKey: .transport)
    }
}
