/// What a port belongs to, in the words of the Compose Specification. We publish ports of TCP and UDP.
public enum TransportProtocol: String, CaseIterable, Codable, Sendable, Hashable, LosslessStringConvertible {
    case tcp, udp, sctp

    /// `tcp`, `UDP`: the case of letters does not matter.
    public init?(_ text: String) {
        self.init(rawValue: text.lowercased())
    }

    public var description: String { rawValue }

    /// The part after `/` of a port; an empty one is TCP.
    ///
    /// - Throws: for what is none of the three, with its place in `whole`, of which `text` is a part.
    init(_ text: Substring, of whole: String) throws(GrammarError) {
        guard let transport = text.isEmpty ? .tcp : Self(String(text)) else {
            throw GrammarError(text, of: whole, "is not a protocol, use tcp, udp or sctp", as: "a port")
        }
        self = transport
    }
}
