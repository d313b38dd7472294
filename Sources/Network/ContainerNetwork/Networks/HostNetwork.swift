internal import Firewall
internal import LinuxSystem
internal import Netlink
public import Primitives
internal import Synchronization
internal import SystemPackage

/// Bridges, host routes and packet rules, in the network namespace of the thread that made the value; the threads
/// that use it must be in the same one.
public final class HostNetwork: Sendable {
    let session: NetlinkSession
    /// nil where nftables does not work; ``firewallProblem`` says why.
    let firewall: Firewall?
    private let firewallProblem: String
    private let forwarding: ForwardingSwitch
    /// Whoever holds it may change bridges and rules; others wait for their turn and often find the work done.
    private let turn = Semaphore(1)
    private let recent = Mutex<[String: Recent]>([:])

    private struct Recent {
        var network: NetworkPlan
        var time: Int64
        var warnings: [NetworkWarning]
    }

    /// - Parameter runRoot: directory for what must outlive this process but not a boot, such as `/run/compose`.
    public convenience init(runRoot: String) throws(NetworkError) {
        try self.init(runRoot: runRoot, useFirewall: true)
    }

    init(runRoot: String, useFirewall: Bool) throws(NetworkError) {
        session = try NetworkError.explaining("network") { try NetlinkSession() }
        forwarding = ForwardingSwitch(directory: runRoot + "/network")
        guard useFirewall else {
            firewall = nil
            firewallProblem = "not wanted"
            return
        }
        do throws(FirewallError) {
            firewall = try Firewall()
            firewallProblem = ""
        } catch {
            firewall = nil
            firewallProblem = error.reason
        }
    }

    /// Subnets that addresses and routes of the host use: not to be given to a new network.
    public func occupiedSubnets() throws(NetworkError) -> [IPv4Subnet] {
        try NetworkError.explaining("network") {
            let routes = try session.routes().map(\.destination).filter { $0.prefixLength > 0 }
            let addresses = try session.addresses().compactMap { entry -> IPv4Subnet? in
                guard case .v4(let address) = entry.address else { return nil }
                return IPv4Subnet(address, prefixLength: entry.prefixLength)
            }
            return Array(Set(routes + addresses))
        }
    }

    /// Makes bridge, sysctls and packet rules as they should be, or the parent; what is right already stays. Returns
    /// what works less well than it should. Cheap when it was done within the last two seconds.
    @discardableResult
    public func ensure(_ network: NetworkPlan) throws(NetworkError) -> [NetworkWarning] {
        try ensure(network, evenIfRecent: false)
    }

    @discardableResult
    func ensure(_ network: NetworkPlan, evenIfRecent: Bool) throws(NetworkError) -> [NetworkWarning] {
        turn.wait()
        defer { turn.signal() }
        let now = monotonicNanoseconds()
        let known = recent.withLock { $0[network.id] }
        if !evenIfRecent, let known, known.network == network, now - known.time < 2_000_000_000,
            try interface(of: network) != nil
        {
            return known.warnings
        }
        let warnings = try renew(network)
        recent.withLock { $0[network.id] = Recent(network: network, time: now, warnings: warnings) }
        return warnings
    }

    /// Whether bridge or parent and the packet rules are there. If not, the next ``ensure(_:)`` makes them, however short
    /// ago it did so before.
    public func isWhole(_ network: NetworkPlan) throws(NetworkError) -> Bool {
        if let link = try interface(of: network), link.isUp || network.kind.hasParent,
            network.kind.hasParent || firewall?.hasRules(of: network.rules) ?? true
        {
            return true
        }
        recent.withLock { $0[network.id] = nil }
        return false
    }

    private func renew(_ network: NetworkPlan) throws(NetworkError) -> [NetworkWarning] {
        let subject = "network \(network.name)"
        if network.kind.hasParent {
            try ensureParent(of: network)
            return []
        }
        let bridge = try ensureBridge(network)
        try configure(bridge, of: network)
        try forwarding.enable(for: network, firewall)
        if let firewall {
            do throws(FirewallError) {
                try firewall.setUp(network.rules)
            } catch {
                throw NetworkError(.system, subject, "packet rules were refused: \(error.reason)")
            }
        }
        return warnings(about: network.name)
    }

    /// What works less well than it should on this host in a network of this name.
    public func warnings(about network: String) -> [NetworkWarning] {
        let subject = "network \(network)"
        var warnings: [NetworkWarning] = []
        if firewall == nil {
            let reason =
                "nftables does not work here (\(firewallProblem)): containers cannot reach other hosts, and"
                + " published ports go through a proxy"
            warnings.append(NetworkWarning(subject: subject, reason: reason))
        }
        if Files.text("/proc/net/ip_tables_names")?.contains("filter") ?? false {
            let reason =
                "rules of iptables-legacy are loaded; if their FORWARD chain drops packets, this network is cut off"
            warnings.append(NetworkWarning(subject: subject, reason: reason))
        }
        return warnings
    }

    /// Removes bridge, rules and interfaces of the network, or the parent that was made for it; what is gone already is
    /// no error. If one of them cannot be removed, the others are; it may be done again.
    ///
    /// - Parameter others: networks that stay. A parent that one of them uses goes over to it.
    public func remove(_ network: NetworkPlan, besides others: [NetworkPlan] = []) throws(NetworkError) {
        turn.wait()
        defer { turn.signal() }
        recent.withLock { $0[network.id] = nil }
        if network.kind.hasParent {
            let heir = others.first { $0.id != network.id && $0.kind.hasParent && $0.bridge == network.bridge }
            return try removeParent(of: network, heir: heir)
        }
        var failure: NetworkError?
        do throws(NetworkError) { try removeLinks(of: network) } catch { failure = error }
        do throws(NetworkError) { try removeRules(of: network) } catch { failure = failure ?? error }
        if let failure { throw failure }
        let links = (try? session.links().map(\.name)) ?? []
        forwarding.release(network, links: links, firewall)
    }

    func removeLinks(of network: NetworkPlan) throws(NetworkError) {
        let subject = "network \(network.name)"
        try NetworkError.explaining(subject) {
            // The bridge and what has not vanished yet of ended containers: together they cost as much as one.
            let failures = try session.performAll([.deleteLinks(group: network.linkGroup)])
            if let failure = failures[0], !failure.isMissingLink {
                throw failure
            }
        }
        if !network.kind.hasParent, let link = try link(of: network) {
            try NetworkError.explaining(subject) { try session.perform(.deleteLink(index: link.index)) }
        }
    }

    private func removeRules(of network: NetworkPlan) throws(NetworkError) {
        guard let firewall else { return }
        do throws(FirewallError) {
            try firewall.tearDown(network.rules)
        } catch {
            throw NetworkError(
                .system, "network \(network.name)", "packet rules cannot be removed: \(error.reason)")
        }
    }

    /// The network's bridge, nil if there is none. Fails with `.notOurs` for another interface of that name.
    func link(of network: NetworkPlan) throws(NetworkError) -> Link? {
        let found = try NetworkError.explaining("network \(network.name)") {
            try session.link(named: network.bridge)
        }
        guard let found else { return nil }
        guard found.kind == "bridge", found.macAddress == network.bridgeAddress else {
            throw NetworkError(
                .notOurs, "network \(network.name)", "interface \(network.bridge) exists and is not ours")
        }
        return found
    }

    /// The network's bridge or the parent of its interfaces; nil if there is none.
    func interface(of network: NetworkPlan) throws(NetworkError) -> Link? {
        if !network.kind.hasParent { return try link(of: network) }
        return try NetworkError.explaining("network \(network.name)") { try session.link(named: network.bridge) }
    }

    private func ensureBridge(_ network: NetworkPlan) throws(NetworkError) -> Link {
        if let link = try link(of: network) { return link }
        var mtu = network.mtu
        if mtu == nil { mtu = try defaultMTU() }
        do throws(NetlinkError) {
            try session.perform(
                .addBridge(
                    network.bridge, macAddress: network.bridgeAddress, group: network.linkGroup,
                    mtu: mtu.map { UInt32($0) }))
        } catch {
            // Another process was faster; whether it is the right one is checked below.
            if error.code != .fileExists {
                throw NetworkError(error, "network \(network.name)")
            }
        }
        guard let link = try link(of: network) else {
            throw NetworkError(
                .system, "network \(network.name)", "bridge \(network.bridge) vanished while it was made")
        }
        return link
    }

    private func configure(_ link: Link, of network: NetworkPlan) throws(NetworkError) {
        let conf4 = "ipv4/conf/\(network.bridge)/"
        let conf6 = "ipv6/conf/\(network.bridge)/"
        // Answers of containers to callers from 127.0.0.0/8; a rule keeps containers from asking there.
        try Sysctl.set(conf4 + "route_localnet", "1")
        // Loose: a container in two networks may answer through the other one.
        try Sysctl.set(conf4 + "rp_filter", "2")
        Sysctl.trySet(conf4 + "accept_redirects", "0")
        Sysctl.trySet(conf6 + "accept_ra", "0")
        Sysctl.trySet(conf6 + "accept_redirects", "0")
        Sysctl.trySet(conf6 + "accept_dad", "0")
        Sysctl.trySet(conf6 + "disable_ipv6", network.subnet6 == nil ? "1" : "0")
        if network.subnet6 != nil, !network.isInternal { Sysctl.trySet(conf6 + "forwarding", "1") }
        var requests: [Request] = []
        if let address = network.hostAddress, let subnet = network.subnet {
            requests.append(.addAddress(.v4(address), prefixLength: subnet.prefixLength, interface: link.index))
        }
        if let address = network.hostAddress6, let subnet6 = network.subnet6 {
            requests.append(.addAddress(.v6(address), prefixLength: subnet6.prefixLength, interface: link.index))
        }
        requests.append(.setLink(index: link.index, up: true))
        try NetworkError.explaining("network \(network.name)") { try session.perform(requests) }
    }

    /// That of the interface with the default route; nil leaves the kernel's 1500.
    private func defaultMTU() throws(NetworkError) -> Int? {
        try NetworkError.explaining("network") {
            let defaults = try session.routes().filter { $0.destination.prefixLength == 0 }
            guard let interface = defaults.min(by: { $0.metric < $1.metric })?.interface else { return nil }
            return try session.links().first { $0.index == interface }.map { Int($0.mtu) }
        }
    }
}

extension NetworkPlan {
    private var idNumber: UInt64 { UInt64(id.prefix(14), radix: 16) ?? 0 }

    /// Derived from the id: by it the bridge is known to be ours. Locally administered.
    var bridgeAddress: MACAddress { MACAddress(bits: 0x02CB << 32 | idNumber & 0xFFFF_FFFF) }

    /// The link group of the bridge and the network's veth pairs. Never 0, which is everything else.
    var linkGroup: UInt32 { UInt32(truncatingIfNeeded: idNumber >> 24) & 0x3FFF_FFFF | 0x4000_0000 }

    var rules: NetworkRules {
        var rules = NetworkRules(id: id, bridge: bridge)
        rules.ipv4 = subnet.map { subnet in
            NetworkRules.Family(
                subnet: "\(subnet)", mode: gatewayMode4 ?? .nat, source: hostIPv4.map { "\($0)" })
        }
        rules.ipv6 = subnet6.map { subnet in
            NetworkRules.Family(
                subnet: "\(subnet)", mode: gatewayMode6 ?? .nat, source: hostIPv6.map { "\($0)" })
        }
        rules.isInternal = isInternal
        rules.masquerade = masquerade
        rules.interContainer = interContainer
        return rules
    }
}
