internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Primitives

/// The host's name servers as `resolv.conf` names them now.
@LoopActor
final class HostResolver {
    private struct Version: Equatable {
        var inode: UInt
        var seconds: Int
        var nanoseconds: Int
    }

    private let path: String
    private var known: (version: Version, servers: [Upstream])?

    nonisolated init(path: String) {
        self.path = path
    }

    /// At most three (resolv.conf(5)); read again whenever the file has changed.
    func servers() -> [Upstream] {
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        let version = Version(
            inode: UInt(status.st_ino), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        if let known, known.version == version { return known.servers }
        let servers = Upstream.servers(in: Files.text(path) ?? "")
        known = (version, servers)
        return servers
    }
}

/// A name server to ask.
struct Upstream: Sendable, Hashable {
    var address: IPAddress
    /// Interface of a link-local IPv6 address; empty for others.
    var zone = ""

    /// The first three `nameserver` lines of a resolv.conf(5).
    static func servers(in text: String) -> [Upstream] {
        let all = text.split(separator: "\n").compactMap { line -> Upstream? in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            let parts = words[1].split(separator: "%", maxSplits: 1)
            guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
            return Upstream(address: address, zone: parts.count > 1 ? String(parts[1]) : "")
        }
        return Array(all.prefix(3))
    }
}
