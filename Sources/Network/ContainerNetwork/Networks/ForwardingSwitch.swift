internal import Firewall
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// `net.ipv4.ip_forward` and its like of IPv6: on while one of our networks needs it, then what it was before.
///
/// A file of each family in the run root holds the earlier value and the ids of the networks, one a line. It is written
/// before the parameter is changed, under a lock that all our processes take. Where we switch it on, strangers' packets
/// are dropped.
struct ForwardingSwitch: Sendable {
    let directory: String

    private static let families: [ForwardingFamily] = [.ipv4, .ipv6]

    private func path(_ family: ForwardingFamily) -> String {
        directory + (family == .ipv4 ? "/forwarding" : "/forwarding6")
    }

    /// A network without a way out is only let through among its own.
    func enable(for network: NetworkPlan, _ firewall: Firewall?) throws(NetworkError) {
        try NetworkError.explaining(directory) { try Files.makeDirectories(directory) }
        let lock = try lock()
        defer { lock.unlock() }
        for family in Self.families where network.has(family) { try enable(family, for: network, firewall) }
    }

    private func enable(
        _ family: ForwardingFamily, for network: NetworkPlan, _ firewall: Firewall?
    ) throws(NetworkError) {
        var lines = records(family)
        defer {
            try? firewall?.guardForwarding(
                of: family, for: network.bridge, onlyIfMade: lines.first.map { $0.first != "0" } ?? true)
        }
        // Without packet rules nothing gets out anyway: its address would be unknown out there.
        if network.isInternal || firewall == nil { return }
        // A host without IPv6 has nothing to switch.
        guard let value = Sysctl.read(family.parameter) else { return }
        if lines.isEmpty {
            lines = [value]
            if family == .ipv6, value == "0" { lines[0] += keepRouterAdvertisements() }
        }
        if !lines.dropFirst().contains(network.id) {
            lines.append(network.id)
            try write(lines, family)
        }
        if family == .ipv4 { return try Sysctl.set(family.parameter, "1") }
        Sysctl.trySet(family.parameter, "1")
    }

    /// A host that forwards IPv6 forgets the routers that it has learnt of and does not hear of new ones (`accept_ra` of
    /// ip-sysctl): an interface that listens is told to go on. Returns their names, each after a blank.
    private func keepRouterAdvertisements() -> String {
        var names = ""
        for name in (try? Files.list("/proc/sys/net/ipv6/conf")) ?? [] where name != "all" && name != "default" {
            let path = "ipv6/conf/\(name)/accept_ra"
            guard Sysctl.read(path) == "1", Sysctl.read("ipv6/conf/\(name)/forwarding") == "0" else { continue }
            Sysctl.trySet(path, "2")
            names += " " + name
        }
        return names
    }

    /// Never fails: a parameter that stays on is no reason to keep a network.
    ///
    /// - Parameter links: the host's interfaces. A bridge of someone else, or of ours with another run root, may have
    ///   come to rely on forwarding meanwhile.
    func release(_ network: NetworkPlan, links: [String], _ firewall: Firewall?) {
        for family in Self.families { release(family, network, links: links, firewall) }
    }

    private func release(
        _ family: ForwardingFamily, _ network: NetworkPlan, links: [String], _ firewall: Firewall?
    ) {
        firewall?.unguardForwarding(of: family, for: network.bridge)
        let path = path(family)
        guard Files.exists(path), let lock = try? lock() else { return }
        defer { lock.unlock() }
        var lines = records(family)
        guard lines.dropFirst().contains(network.id) else { return }
        lines.removeAll { $0 == network.id }
        if lines.count > 1 {
            _ = try? write(lines, family)
            return
        }
        let before = lines.first?.split(separator: " ").map(String.init) ?? []
        if before.first == "0", !links.contains(where: { Self.relies($0, on: family) }) {
            Sysctl.trySet(family.parameter, "0")
            for name in before.dropFirst() { Sysctl.trySet("ipv6/conf/\(name)/accept_ra", "1") }
            firewall?.removeForwardingGuard(of: family)
        }
        unlink(path)
    }

    private static func relies(_ link: String, on family: ForwardingFamily) -> Bool {
        guard link == "docker0" || link.hasPrefix(LinkPlanner.bridgePrefix) else { return false }
        return family == .ipv4 || Sysctl.read("ipv6/conf/\(link)/disable_ipv6") == "0"
    }

    private func records(_ family: ForwardingFamily) -> [String] {
        (Files.text(path(family)) ?? "").split(separator: "\n").map(String.init)
    }

    private func write(_ lines: [String], _ family: ForwardingFamily) throws(NetworkError) {
        let path = path(family)
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        try NetworkError.explaining(path) { try Files.replace(path, with: bytes) }
    }

    private func lock() throws(NetworkError) -> FileLock {
        do throws(Errno) {
            return try FileLock(directory + "/lock")
        } catch {
            throw NetworkError(error, directory + "/lock", doing: "cannot be locked")
        }
    }
}

extension ForwardingFamily {
    /// The one for all interfaces: without it the kernel forwards nothing.
    fileprivate var parameter: String {
        switch self {
        case .ipv4: "ipv4/ip_forward"
        case .ipv6: "ipv6/conf/all/forwarding"
        }
    }
}

extension NetworkPlan {
    fileprivate func has(_ family: ForwardingFamily) -> Bool {
        switch family {
        case .ipv4: subnet != nil
        case .ipv6: subnet6 != nil
        }
    }
}
