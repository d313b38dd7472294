/// Where a logging driver sends to.
public enum LogAddress: Sendable, Hashable, CustomStringConvertible {
    /// Host names are looked up whenever a connection is made.
    case udp(host: String, port: UInt16)
    case tcp(host: String, port: UInt16)
    /// TCP with TLS.
    case tls(host: String, port: UInt16)
    /// A stream socket.
    case unix(String)
    /// A datagram socket.
    case unixgram(String)

    /// Whether it can be told at once that nobody is there, and whether messages flow in order without borders.
    public var isStream: Bool {
        switch self {
        case .tcp, .tls, .unix: true
        case .udp, .unixgram: false
        }
    }

    /// As Go's `net` names it in errors: `tcp 127.0.0.1:514`.
    public var description: String {
        switch self {
        case .udp(let host, let port): "udp \(Self.joined(host, port))"
        case .tcp(let host, let port): "tcp \(Self.joined(host, port))"
        case .tls(let host, let port): "tcp \(Self.joined(host, port))"
        case .unix(let path): "unix \(path)"
        case .unixgram(let path): "unixgram \(path)"
        }
    }

    /// `127.0.0.1:514`, `[::1]:514`.
    static func joined(_ host: String, _ port: UInt16) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// A URL in two parts, as Docker tells such addresses from others; nil if it is not one of its kinds.
    static func split(_ text: String) -> (scheme: String, rest: String)? {
        for scheme in ["tcp+tls", "tcp", "tls", "udp", "unixgram", "unix"] where text.hasPrefix(scheme + "://") {
            return (scheme, String(text.dropFirst(scheme.count + 3)))
        }
        return nil
    }

    /// `host:port`, `[::1]:port`, `host`.
    ///
    /// - Returns: nil if it is none of these; the port is nil if there is none.
    static func hostAndPort(_ text: String) -> (host: String, port: String?)? {
        let authority = text.prefix { $0 != "/" }
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            if rest.isEmpty { return (String(host), nil) }
            return rest.first == ":" ? (String(host), String(rest.dropFirst())) : nil
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return (String(parts[0]), nil)
        case 2: return (String(parts[0]), String(parts[1]))
        default: return nil
        }
    }
}
