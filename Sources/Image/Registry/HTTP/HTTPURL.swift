internal import Primitives

/// An absolute http or https URL (RFC 3986), as far as registries need: no user information, no fragment.
struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    enum Scheme: String, Sendable {
        case http, https
        var port: UInt16 { self == .http ? 80 : 443 }
    }

    var scheme: Scheme
    /// Lower case; IPv6 addresses stand in brackets.
    var host: String
    /// nil for the scheme's own.
    var port: UInt16?
    /// Begins with `/`.
    var path: String
    /// Without the `?`; nil if there is none.
    var query: String?

    init(scheme: Scheme, authority: String, path: String, query: String? = nil) throws(HTTPFailure) {
        let (host, port) = try Self.split(authority)
        self.scheme = scheme
        self.host = host
        self.port = port == scheme.port ? nil : port
        self.path = path
        self.query = query
    }

    init(_ text: String) throws(HTTPFailure) {
        guard text.utf8.count <= 16384, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw Self.wrong(text, "it holds spaces or control characters, or is too long")
        }
        guard let colon = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<colon.lowerBound].lowercased())
        else { throw Self.wrong(text, "it begins with neither http:// nor https://") }
        let rest = text[colon.upperBound...].prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let tail = rest[end...]
        let mark = tail.firstIndex(of: "?")
        let path = String(tail[..<(mark ?? tail.endIndex)])
        try self.init(
            scheme: scheme, authority: String(rest[..<end]), path: path.isEmpty ? "/" : path,
            query: mark.map { String(tail[tail.index(after: $0)...]) })
    }

    /// What a `Location` means when it came in an answer from here.
    func resolving(_ location: String) throws(HTTPFailure) -> HTTPURL {
        if location.contains("://"), !location.hasPrefix("/"), !location.hasPrefix("?") {
            return try HTTPURL(location)
        }
        if location.hasPrefix("//") { return try HTTPURL("\(scheme.rawValue):\(location)") }
        let base = "\(scheme.rawValue)://\(authority)"
        if location.hasPrefix("/") { return try HTTPURL(base + location) }
        if location.hasPrefix("?") { return try HTTPURL(base + path + location) }
        let directory = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return try HTTPURL(base + directory + location)
    }

    var authority: String { host + (port.map { ":\($0)" } ?? "") }

    /// Whether credentials for this may be sent to `other`: the same scheme, host and port.
    func isSameOrigin(as other: HTTPURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// Whether the host is written as an address that only this machine's own link knows, as the metadata servers of
    /// clouds have it (RFC 3927, RFC 4291).
    var isLinkLocal: Bool {
        let text = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return IPAddress(text)?.isLinkLocal ?? false
    }

    func adding(query item: String) -> HTTPURL {
        var url = self
        if let query, !query.isEmpty { url.query = "\(query)&\(item)" } else { url.query = item }
        return url
    }

    var description: String { "\(scheme.rawValue)://\(authority)\(path)" + (query.map { "?\($0)" } ?? "") }

    /// Without the query, which may hold secrets.
    var shown: String { "\(scheme.rawValue)://\(authority)\(path)" }

    /// A value for a query or a form: all but letters, digits and `-._~` as `%XX`.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: result.append(byte)
            default: result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func split(_ authority: String) throws(HTTPFailure) -> (String, UInt16?) {
        if authority.contains("@") { throw wrong(authority, "it holds a user name") }
        var host = authority[...]
        var port: UInt16?
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            let digits = authority[authority.index(after: colon)...]
            guard digits.isEmpty || UInt16(digits) != nil else { throw wrong(authority, "the port is not a number") }
            port = UInt16(digits)
            host = authority[..<colon]
        }
        let allowed = host.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x5b, 0x5d, 0x3a: true
            default: false
            }
        }
        guard !host.isEmpty, allowed else { throw wrong(authority, "\"\(host.prefix(100))\" is not a host name") }
        // 0x7f.1 and 2130706433 are addresses to the resolver: nothing may hide which one is meant.
        let last = host.split(separator: ".").last ?? ""
        let isNumber = last.allSatisfy(\.isNumber) || last.lowercased().hasPrefix("0x")
        guard !isNumber || IPv4Address(String(host)) != nil else {
            throw wrong(authority, "\"\(host.prefix(100))\" is neither a host name nor an address")
        }
        return (host.lowercased(), port)
    }

    private static func wrong(_ text: String, _ reason: String) -> HTTPFailure {
        HTTPFailure(.badURL, "\"\(text.prefix(200))\" is not a URL: \(reason)")
    }
}
