public import Primitives

/// Texts of the network files in `/etc` of a container.
public enum ContainerFiles {
    /// `/etc/resolv.conf` of a container with networks: it asks our name service.
    ///
    /// - Parameters:
    ///   - search: Compose `dns_search`; empty: the host's own, from `hostText`; a single `.`: none.
    ///   - options: Compose `dns_opt`; `ndots` of these goes before ours.
    ///   - hostText: the host's resolv.conf(5).
    public static func resolvConf(search: [String], options: [String], hostText: String) -> String {
        let dots = options.contains { $0.hasPrefix("ndots:") } ? [] : ["ndots:0"]
        return text(
            servers: ["127.0.0.11"], search: search.isEmpty ? words("search", in: hostText) : search,
            options: options + dots)
    }

    /// `/etc/resolv.conf` of a container without a name service of ours (the host's network, or none): the host's, with
    /// what the service says instead.
    public static func hostResolvConf(
        servers: [String], search: [String], options: [String], hostText: String
    ) -> String {
        if servers.isEmpty, search.isEmpty, options.isEmpty { return hostText }
        let hostServers = hostText.split(separator: "\n").compactMap { line -> String? in
            let words = line.split { $0 == " " || $0 == "\t" }
            return words.count > 1 && words[0] == "nameserver" ? String(words[1]) : nil
        }
        return text(
            servers: servers.isEmpty ? hostServers : servers,
            search: search.isEmpty ? words("search", in: hostText) : search,
            options: options.isEmpty ? words("options", in: hostText) : options)
    }

    private static func text(servers: [String], search: [String], options: [String]) -> String {
        var lines = servers.map { "nameserver \($0)" }
        if !search.isEmpty, search != ["."] { lines.append("search " + search.joined(separator: " ")) }
        if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the last line with `keyword` says: the last one counts (resolv.conf(5)).
    private static func words(_ keyword: String, in text: String) -> [String] {
        let lines = text.split(separator: "\n").map { $0.split { $0 == " " || $0 == "\t" } }
        return lines.last { $0.first.map(String.init) == keyword }?.dropFirst().map(String.init) ?? []
    }

    /// `/etc/hosts`.
    ///
    /// - Parameters:
    ///   - addresses: the container's own, with the default route's first.
    ///   - extraHosts: `name=address` or `name:address`; `host-gateway` is an address too.
    ///   - gateway: what `host-gateway` means.
    /// - Throws: `.invalid` for an entry that is neither.
    public static func hosts(
        hostname: String, domainname: String?, addresses: [IPAddress], extraHosts: [String], gateway: IPAddress?
    ) throws(NetworkError) -> String {
        var lines = [
            "127.0.0.1\tlocalhost",
            "::1\tlocalhost ip6-localhost ip6-loopback",
            "fe00::\tip6-localnet",
            "ff00::\tip6-mcastprefix",
            "ff02::1\tip6-allnodes",
            "ff02::2\tip6-allrouters",
        ]
        for entry in extraHosts {
            let (name, address) = try extraHost(entry, gateway: gateway)
            lines.append("\(address)\t\(name)")
        }
        var names = hostname
        if let domainname, !domainname.isEmpty { names = "\(hostname).\(domainname) \(hostname)" }
        for address in addresses { lines.append("\(address)\t\(names)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func extraHost(_ entry: String, gateway: IPAddress?) throws(NetworkError) -> (String, IPAddress) {
        guard let mark = entry.firstIndex(of: "=") ?? entry.firstIndex(of: ":") else {
            throw NetworkError(.invalid, "extra_hosts \"\(entry)\"", "has to be name=address")
        }
        let name = entry[..<mark]
        var text = String(entry[entry.index(after: mark)...])
        if text.first == "[", text.last == "]" { text = String(text.dropFirst().dropLast()) }
        // Neither may end the line that it stands in.
        guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
            throw NetworkError(.invalid, "extra_hosts \"\(entry)\"", "the name is empty or holds white space")
        }
        if text == "host-gateway" {
            guard let gateway else {
                throw NetworkError(.invalid, "extra_hosts \"\(entry)\"", "host-gateway needs a network with a gateway")
            }
            return (String(name), gateway)
        }
        guard let address = IPAddress(text) else {
            throw NetworkError(.invalid, "extra_hosts \"\(entry)\"", "\"\(text)\" is not an IP address or host-gateway")
        }
        return (String(name), address)
    }

    /// `/etc/hostname`.
    public static func hostname(_ name: String) -> String { name + "\n" }
}
