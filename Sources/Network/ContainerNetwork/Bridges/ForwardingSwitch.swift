internal import Firewall
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// `net.ipv4.ip_forward`: on while one of our networks needs it, then what it was before.
///
/// A file in the run root holds the earlier value and the ids of the networks, one a line. It is written before the
/// parameter is changed, under a lock that all our processes take. Where we switch it on, strangers' packets are dropped.
struct ForwardingSwitch: Sendable {
    let directory: String

    private static let parameter = "ipv4/ip_forward"
    private var path: String { directory + "/forwarding" }

    /// - Parameter forwards: whether the network has a way out; one without is only let through among its own.
    func enable(for id: String, bridge: String, forwards: Bool, _ firewall: Firewall?) throws(NetworkError) {
        try NetworkError.explaining(path) { try Files.makeDirectories(directory) }
        let lock = try lock()
        defer { lock.unlock() }
        var lines = records()
        defer { self.guard(bridge, wasOff: lines.first == "0", firewall) }
        // Without packet rules nothing gets out anyway: its address would be unknown out there.
        if !forwards || firewall == nil { return }
        if lines.isEmpty { lines = [Sysctl.read(Self.parameter) ?? "0"] }
        if !lines.dropFirst().contains(id) {
            lines.append(id)
            try write(lines)
        }
        try Sysctl.set(Self.parameter, "1")
    }

    private func `guard`(_ bridge: String, wasOff: Bool, _ firewall: Firewall?) {
        try? firewall?.guardForwarding(for: bridge, onlyIfMade: !wasOff)
    }

    /// Never fails: a parameter that stays on is no reason to keep a network.
    ///
    /// - Parameter links: the host's interfaces. A bridge of someone else, or of ours with another run root, may have
    ///   come to rely on forwarding meanwhile.
    func release(_ id: String, bridge: String, links: [String], _ firewall: Firewall?) {
        firewall?.unguardForwarding(for: bridge)
        guard Files.exists(path), let lock = try? lock() else { return }
        defer { lock.unlock() }
        var lines = records()
        guard lines.dropFirst().contains(id) else { return }
        lines.removeAll { $0 == id }
        if lines.count > 1 {
            _ = try? write(lines)
            return
        }
        if let before = lines.first, before == "0", !links.contains(where: Self.relies) {
            Sysctl.trySet(Self.parameter, before)
            firewall?.removeForwardingGuard()
        }
        unlink(path)
    }

    private static func relies(_ link: String) -> Bool {
        link == "docker0" || link.hasPrefix(AddressPlanner.bridgePrefix)
    }

    private func records() -> [String] {
        (Files.text(path) ?? "").split(separator: "\n").map(String.init)
    }

    private func write(_ lines: [String]) throws(NetworkError) {
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
