public import Primitives

/// Names and addresses of one container in one network.
public struct NameRecord: Sendable, Hashable {
    /// The network's id: a container finds the names of the networks that it is in.
    public var network: String
    /// The network's name: `NAME.NETWORKNAME` is known too.
    public var networkName: String
    /// What an address is called.
    public var canonicalName: String
    /// Any case.
    public var names: [String]
    /// What A queries get.
    public var ipv4: IPv4Address?
    /// What AAAA queries get.
    public var ipv6: IPv6Address?

    public init(
        network: String, networkName: String, canonicalName: String, names: [String], ipv4: IPv4Address?,
        ipv6: IPv6Address? = nil
    ) {
        self.network = network
        self.networkName = networkName
        self.canonicalName = canonicalName
        self.names = names
        self.ipv4 = ipv4
        self.ipv6 = ipv6
    }
}

/// Who asks: what a container can see and where its other questions go.
public struct ResolverClient: Sendable, Hashable {
    /// Ids of its networks; the first one that knows a name answers.
    public var networks: [String]
    /// Names only this container has for others: alias → container id.
    public var links: [String: String]
    /// Servers for names that we do not know, asked from the container's own network; empty: the host's, from there.
    public var servers: [IPAddress]
    /// False when all its networks are internal and it has no servers of its own: nothing leaves the host.
    public var mayForward: Bool

    /// Those that may be asked about, the first network first.
    public init(networks: [String], links: [String: String] = [:], servers: [IPAddress] = [], mayForward: Bool = true) {
        self.networks = networks
        self.links = Dictionary(links.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        self.servers = servers
        self.mayForward = mayForward
    }
}

/// All names of all networks. A value; the server swaps it under a lock.
struct NameTable {
    private struct Host {
        var ipv4: IPv4Address?
        var ipv6: IPv6Address?
    }

    private struct NetworkNames {
        /// By container id, so that a container that comes again takes its own place.
        var hosts: [String: [(container: String, host: Host)]] = [:]
        var addresses: [IPAddress: String] = [:]
        /// Names of containers that have ended: known not to exist, without asking anybody else.
        var retired: Set<String> = []
    }

    private var networks: [String: NetworkNames] = [:]
    private var records: [String: [NameRecord]] = [:]

    mutating func set(_ new: [NameRecord], of container: String) {
        remove(container)
        records[container] = new
        for record in new {
            let host = Host(ipv4: record.ipv4, ipv6: record.ipv6)
            let fullName = "\(record.canonicalName).\(record.networkName)".lowercased()
            for name in Self.allNames(of: record) {
                networks[record.network, default: NetworkNames()].hosts[name, default: []].append((container, host))
                networks[record.network]?.retired.remove(name)
            }
            if let ipv4 = record.ipv4 { networks[record.network]?.addresses[.v4(ipv4)] = fullName }
            if let ipv6 = record.ipv6 { networks[record.network]?.addresses[.v6(ipv6)] = fullName }
        }
    }

    mutating func remove(_ container: String) {
        for record in records.removeValue(forKey: container) ?? [] {
            for name in Self.allNames(of: record) {
                networks[record.network]?.hosts[name]?.removeAll { $0.container == container }
                if networks[record.network]?.hosts[name]?.isEmpty ?? false {
                    networks[record.network]?.hosts[name] = nil
                    networks[record.network]?.retired.insert(name)
                }
            }
            if let ipv4 = record.ipv4 { networks[record.network]?.addresses[.v4(ipv4)] = nil }
            if let ipv6 = record.ipv6 { networks[record.network]?.addresses[.v6(ipv6)] = nil }
            if networks[record.network]?.hosts.isEmpty ?? false { networks[record.network] = nil }
        }
    }

    private static func allNames(of record: NameRecord) -> Set<String> {
        let names = Set(record.names.map { $0.lowercased() }).union([record.canonicalName.lowercased()])
        let suffix = "." + record.networkName.lowercased()
        return names.union(names.map { $0 + suffix })
    }

    /// What `client` is told about `name`, which is in lower case.
    func answer(_ name: String, type: UInt16, recordClass: UInt16, for client: ResolverClient) -> Answer {
        let elsewhere: Answer = client.mayForward ? .forward : .unknown
        guard recordClass == 1, !name.isEmpty else { return elsewhere }
        if type == RecordType.pointer, let address = ReverseName.address(of: name) {
            for network in client.networks {
                if let name = networks[network]?.addresses[address] { return .name(name) }
            }
            return elsewhere
        }
        var retired = false
        for network in client.networks {
            guard let names = networks[network] else { continue }
            if let hosts = names.hosts[name] { return Self.records(of: hosts.lazy.map(\.host), type: type) }
            if names.retired.contains(name) { retired = true }
        }
        if let container = client.links[name] {
            let own = (records[container] ?? []).filter { client.networks.contains($0.network) }
            return own.isEmpty
                ? .unknown : Self.records(of: own.lazy.map { Host(ipv4: $0.ipv4, ipv6: $0.ipv6) }, type: type)
        }
        return retired ? .unknown : elsewhere
    }

    private static func records(of hosts: some Sequence<Host>, type: UInt16) -> Answer {
        let addresses: [IPAddress] =
            switch type {
            case RecordType.a: hosts.compactMap { $0.ipv4.map { .v4($0) } }
            case RecordType.any:
                hosts.flatMap { host in
                    (host.ipv4.map { [.v4($0)] } ?? []) + (host.ipv6.map { [.v6($0)] } ?? [])
                }
            case RecordType.aaaa: hosts.compactMap { $0.ipv6.map { .v6($0) } }
            default: []
            }
        return addresses.isEmpty ? .empty : .addresses(addresses)
    }
}

/// Names of addresses (RFC 1035 section 3.5, RFC 3596 section 2.5).
enum ReverseName {
    static func address(of name: String) -> IPAddress? {
        if name.hasSuffix(".in-addr.arpa") {
            let parts = name.dropLast(".in-addr.arpa".count).split(separator: ".", omittingEmptySubsequences: false)
            return IPv4Address(parts.reversed().joined(separator: ".")).map { .v4($0) }
        }
        if name.hasSuffix(".ip6.arpa") {
            let digits = name.dropLast(".ip6.arpa".count).split(separator: ".", omittingEmptySubsequences: false)
            guard digits.count == 32 else { return nil }
            var halves: [UInt64] = [0, 0]
            for (index, digit) in digits.reversed().enumerated() {
                guard digit.count == 1, let value = UInt64(digit, radix: 16) else { return nil }
                halves[index / 16] = halves[index / 16] << 4 | value
            }
            return .v6(IPv6Address(high: halves[0], low: halves[1]))
        }
        return nil
    }
}
