internal import Primitives

/// Which proxy leads to a host, from the variables that Go programs and curl read: `HTTPS_PROXY`, `HTTP_PROXY`,
/// `ALL_PROXY`, `NO_PROXY`, in upper or lower case.
struct ProxyRules: Sendable {
    private let http: String?
    private let https: String?
    private let exceptions: [String]

    init(_ environment: [String: String]) {
        func value(_ name: String) -> String? {
            let value = environment[name.lowercased()] ?? environment[name]
            return value.flatMap { $0.isEmpty ? nil : $0 }
        }
        http = value("HTTP_PROXY") ?? value("ALL_PROXY")
        https = value("HTTPS_PROXY") ?? value("ALL_PROXY")
        let list = value("NO_PROXY") ?? ""
        exceptions = list.split(whereSeparator: { $0 == "," || $0 == " " }).map { $0.lowercased() }
    }

    /// nil: directly. Loopback is never asked of a proxy.
    func proxy(for url: HTTPURL) -> String? {
        guard let proxy = url.scheme == .https ? https : http else { return nil }
        if url.isLoopback || exceptions.contains(where: { excepts($0, url) }) { return nil }
        return proxy
    }

    private func excepts(_ entry: String, _ url: HTTPURL) -> Bool {
        if entry == "*" { return true }
        var entry = entry[...]
        if let subnet = IPv4Subnet(String(entry)), entry.contains("/") {
            return IPv4Address(url.bareHost).map { subnet.contains($0) } ?? false
        }
        if let colon = entry.lastIndex(of: ":"), let port = UInt16(entry[entry.index(after: colon)...]),
            !entry[..<colon].contains(":")
        {
            if port != url.port ?? url.scheme.port { return false }
            entry = entry[..<colon]
        }
        if entry.hasPrefix("*.") { entry = entry.dropFirst() }
        if entry.hasPrefix(".") { return url.bareHost.hasSuffix(entry) }
        return url.bareHost == entry || url.bareHost.hasSuffix(".\(entry)")
    }
}

extension HTTPURL {
    /// Without the brackets of an IPv6 address.
    var bareHost: String { host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host }

    var isLoopback: Bool {
        if bareHost == "localhost" { return true }
        return switch IPAddress(bareHost) {
        case .v4(let address)?: address.isLoopback
        case .v6(let address)?: address.isLoopback
        case nil: false
        }
    }
}
