/// A published port as given: one port of one address of the host that leads to a container's.
public struct BoundPort: Hashable, Sendable {
    /// `0.0.0.0` and `::` are all addresses of their family.
    public var hostAddress: IPAddress
    /// Never 0: the one that was chosen where any would do.
    public var hostPort: UInt16
    /// Not 0.
    public var containerPort: UInt16
    /// Of both ends.
    public var transport: TransportProtocol

    public init(hostAddress: IPAddress, hostPort: UInt16, containerPort: UInt16, transport: TransportProtocol = .tcp) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.containerPort = containerPort
        self.transport = transport
    }

    /// `0.0.0.0:8080`, `[::]:8080`.
    public var hostEnd: String { "\(hostAddress.bracketed):\(hostPort)" }

    /// The container's port with the protocol.
    public var containerEnd: ContainerPort { ContainerPort(containerPort, transport) }
}

extension BoundPort: Codable {
    /// The names of the records that earlier versions wrote.
    private enum CodingKeys: String, CodingKey {
        case hostAddress, hostPort, containerPort
        case transport = "protocolName"
    }
}
