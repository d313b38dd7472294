internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// `net.ipv4.ip_forward`: on while one of our networks needs it, then what it was before.
///
/// A file in the run root holds the earlier value and the ids of the networks, one a line. It is written before the
/// parameter is changed, under a lock that all our processes take.
struct ForwardingSwitch: Sendable {
    let directory: String

    private static let parameter = "ipv4/ip_forward"
    private var path: String { directory + "/forwarding" }

    func enable(for id: String) throws(NetworkError) {
        try NetworkError.explaining(path) { try Files.makeDirectories(directory) }
        let lock = try lock()
        defer { lock.unlock() }
        var lines = records()
        if lines.isEmpty { lines = [Sysctl.read(Self.parameter) ?? "0"] }
        if !lines.dropFirst().contains(id) {
            lines.append(id)
            try write(lines)
        }
        try Sysctl.set(Self.parameter, "1")
    }

    /// Never fails: a parameter that stays on is no reason to keep a network.
    func release(_ id: String) {
        guard Files.exists(path), let lock = try? lock() else { return }
        defer { lock.unlock() }
        var lines = records()
        guard lines.dropFirst().contains(id) else { return }
        lines.removeAll { $0 == id }
        if lines.count > 1 {
            _ = try? write(lines)
            return
        }
        if let before = lines.first, before == "0", !othersForward() { Sysctl.trySet(Self.parameter, before) }
        unlink(path)
    }

    /// Whether a bridge of someone else may have come to rely on forwarding meanwhile.
    private func othersForward() -> Bool { Files.exists("/sys/class/net/docker0") }

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
