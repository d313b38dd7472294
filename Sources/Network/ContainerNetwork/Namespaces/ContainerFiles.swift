public import Primitives

/// Texts of the network files in `/etc` of a container.
public enum ContainerFiles {
    /// `/etc/resolv.conf` of a container with networks: it asks our name service.
    ///
    /// - Parameters:
    ///   - search: Compose `dns_search`; empty: the host's own, from `hostText`; a single `.`: none.
    ///   - options: Compose `dns_opt`; empty: the host's own. Without `ndots` names have no dots to count.
    ///   - hostText: the host's resolv.conf(5).
    public static func resolvConf(search: [String], options: [String], hostText: String) -> String {
        let options = options.isEmpty ? words("options", in: hostText) : options
        let dots = options.contains { $0.hasPrefix("ndots:") } ? [] : ["ndots:0"]
        return text(
            servers: ["127.0.0.11"], search: search.isEmpty ? self.search(in: hostText) : search,
            options: options + dots)
    }

    /// `/etc/resolv.conf` of a container in the host's network: the host's, with what the service says instead.
    public static func hostResolvConf(
        servers: [String], search: [String], options: [String], hostText: String
    ) -> String {
        if servers.isEmpty, search.isEmpty, options.isEmpty { return hostText }
        return text(
            servers: servers.isEmpty ? self.servers(in: hostText) : servers,
            search: search.isEmpty ? self.search(in: hostText) : search,
            options: options.isEmpty ? words("options", in: hostText) : options)
    }

    /// `/etc/resolv.conf` of a container with a network of its own and without a name service of ours: as above, but
    /// what is reached at the host's loopback or by IPv6 cannot be reached from there. If nothing is left Docker's
    /// substitutes stand in.
    public static func bareResolvConf(
        servers: [String], search: [String], options: [String], hostText: String
    ) -> String {
        var servers = servers
        if servers.isEmpty {
            servers = self.servers(in: hostText).filter { text in
                if case .v4(let address)? = IPAddress(text) { !address.isLoopback } else { false }
            }
        }
        if servers.isEmpty { servers = ["8.8.8.8", "8.8.4.4"] }
        return text(
            servers: servers, search: search.isEmpty ? self.search(in: hostText) : search,
            options: options.isEmpty ? words("options", in: hostText) : options)
    }

    /// Whether the host asks its own resolver of systemd-resolved(8) and nobody else; who is asked in truth stands in
    /// another file then.
    public static func namesOnlyLocalResolver(_ hostText: String) -> Bool { servers(in: hostText) == ["127.0.0.53"] }

    private static func servers(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line -> String? in
            let words = line.split { $0 == " " || $0 == "\t" }
            return words.count > 1 && words[0] == "nameserver" ? String(words[1]) : nil
        }
    }

    /// `domain` is an older word for a single one.
    private static func search(in text: String) -> [String] {
        let found = words("search", in: text)
        return found.isEmpty ? Array(words("domain", in: text).prefix(1)) : found
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
    ///   - others: names of other containers, by their addresses.
    /// - Throws: `.invalid` for an entry that is neither.
    public static func hosts(
        hostname: String, domainname: String?, addresses: [IPAddress], extraHosts: [String], gateway: IPAddress?,
        others: [(address: IPAddress, names: [String])] = []
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
        for (address, names) in others { lines.append("\(address)\t\(names.joined(separator: " "))") }
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
