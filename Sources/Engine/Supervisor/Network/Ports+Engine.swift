internal import ContainerNetwork
internal import EngineModel
internal import Primitives

extension PortRequest {
    init(_ publication: PortPublication, container: String) throws(EngineError) {
        func invalid(_ reason: String) -> EngineError { EngineError(.invalid, "container \(container)", reason) }

        var address: IPAddress?
        if let text = publication.hostAddress, !text.isEmpty {
            guard let parsed = IPAddress(text) else { throw invalid("\"\(text)\" is not a host address for a port") }
            address = parsed
        }
        guard let transport = Transport(rawValue: publication.protocolName) else {
            throw invalid("ports of protocol \(publication.protocolName) cannot be published, only tcp and udp")
        }
        let bounds = publication.hostPort.split(separator: "-", maxSplits: 1).map { UInt16($0) }
        let range: ClosedRange<UInt16>
        switch (bounds.first ?? 0, bounds.count > 1 ? bounds[1] : bounds.first ?? 0) {
        case (let low?, let high?) where low <= high: range = low...high
        default: throw invalid("\"\(publication.hostPort)\" is not a host port or range of ports")
        }
        self.init(
            hostAddress: address, hostPorts: range, containerPort: publication.containerPort, transport: transport)
    }
}

extension BoundPort {
    init(_ port: PublishedPort) {
        self.init(
            hostAddress: "\(port.hostAddress)", hostPort: port.hostPort, containerPort: port.containerPort,
            protocolName: port.transport.rawValue)
    }
}

extension PublishedPort {
    /// nil for what no supervisor of ours recorded.
    init?(_ port: BoundPort) {
        guard let address = IPAddress(port.hostAddress), let transport = Transport(rawValue: port.protocolName) else {
            return nil
        }
        self.init(
            hostAddress: address, hostPort: port.hostPort, containerPort: port.containerPort, transport: transport)
    }
}
