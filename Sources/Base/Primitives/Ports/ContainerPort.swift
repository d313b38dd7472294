/// A port of a container without one of the host's: what EXPOSE, `expose` and `port` name.
public struct ContainerPort: Hashable, Sendable, LosslessStringConvertible {
    /// Not 0.
    public let number: UInt16
    /// `/tcp` unless another is written.
    public let transport: TransportProtocol

    public init(_ number: UInt16, _ transport: TransportProtocol = .tcp) {
        self.number = number
        self.transport = transport
    }

    /// One port: `80`, `80/udp`.
    public init?(_ text: String) {
        guard let ports = try? Self.parse(text), ports.count == 1 else { return nil }
        self = ports[0]
    }

    /// `PORT[-END][/PROTOCOL]`, each port of a range in its order. What a published port has in front of that (the
    /// host's address and port) is dropped, as Docker does.
    public static func parse(_ text: String) throws(GrammarError) -> [ContainerPort] {
        let ends = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let port = ends[0].split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        let range = try PortRange(port, what: "port", of: text)
        let transport = ends.count == 2 ? try TransportProtocol(ends[1], of: text) : .tcp
        guard range.first > 0 else {
            throw GrammarError("is not a port: there is no port 0", in: text, at: port.startIndex)
        }
        return range.numbers.map { ContainerPort($0, transport) }
    }

    /// `80/tcp`.
    public var description: String { "\(number)/\(transport)" }
}

extension ContainerPort: Comparable {
    /// By number, then by protocol.
    public static func < (left: ContainerPort, right: ContainerPort) -> Bool {
        (left.number, left.transport.rawValue) < (right.number, right.transport.rawValue)
    }
}

extension ContainerPort: Codable {
    /// `80/tcp`. Earlier versions also recorded ranges and other protocols; such a record must stay readable.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let range = text.prefix { $0 != "/" }
        guard let port = (try? Self.parse(text))?.first ?? UInt16(digits: range).map({ ContainerPort($0) }) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a port: \(text)")
        }
        self = port
    }

    public func encode(to encoder: any Encoder) throws { try encodeText(self, to: encoder) }
}
