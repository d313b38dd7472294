import Glibc
import LinuxSystem
import SystemPackage
import Testing

/// What the product could leave behind on the host, as lines that can be compared.
enum Host {
    /// Links and nft tables, the control groups of `containers`, and the mounts and processes that belong to `folder`.
    static func things(of folder: String, containers: Set<String>) -> Set<String> {
        var found: Set<String> = []
        for line in run(["/usr/sbin/ip", "-o", "link"]) {
            found.insert("link " + (line.split(separator: ":").dropFirst().first ?? ""))
        }
        for table in run(["/usr/sbin/nft", "list", "tables"]) { found.insert("nft \(table)") }
        for group in run(["/usr/bin/find", "/sys/fs/cgroup", "-mindepth", "1", "-type", "d"])
        where containers.contains(where: { group.contains($0) }) {
            found.insert("cgroup \(group)")
        }
        for line in (Files.text("/proc/self/mountinfo") ?? "").split(separator: "\n") where line.contains(folder) {
            found.insert("mount \(line)")
        }
        for process in processes(of: folder) { found.insert("process \(process)") }
        return found
    }

    /// The product's own processes that were started for `folder`, and the containers whose files lie there.
    static func processes(of folder: String) -> [pid_t] {
        let all = ((try? Files.list("/proc")) ?? []).compactMap { pid_t($0) }
        return all.filter { pid in
            pid != getpid()
                && (isOwn(pid, folder) || (Files.text("/proc/\(pid)/mountinfo") ?? "").contains("upperdir=\(folder)"))
        }
    }

    /// The supervisor of the project in `folder`: the product's background process that no other one started.
    static func supervisor(of folder: String) -> pid_t? {
        let own = processes(of: folder).filter { isOwn($0, folder) }
        return own.first { !own.contains(parent(of: $0)) }
    }

    /// Ends what a failed test left running, so that the next one begins on a clean host.
    static func sweep(_ folder: String) {
        for pid in processes(of: folder) { kill(pid, SIGKILL) }
        for line in (Files.text("/proc/self/mountinfo") ?? "").split(separator: "\n").reversed() {
            let fields = line.split(separator: " ")
            if fields.count > 4, fields[4].hasPrefix(folder) { umount2(String(fields[4]), Int32(MNT_DETACH)) }
        }
    }

    /// A TCP port of this host that nobody listens on.
    static func freePort() throws -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = try bound(to: 0)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = try systemCall { getsockname(socket.raw, generic, &length) }
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// A socket that has a TCP port of this host, on all addresses.
    static func bound(to port: Int) throws -> Descriptor {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try systemCall { Glibc.socket(AF_INET, flags, 0) })
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = try systemCall { bind(socket.raw, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        }
        return socket
    }

    /// The body of a web page, nil if there is no answer.
    static func page(_ url: String) -> String? {
        let lines = run(["/usr/bin/curl", "-sS", "-m", "2", "--fail", url])
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// The lines a program of the host prints; none if it fails.
    static func run(_ arguments: [String]) -> [String] {
        let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        guard let command = try? Command(arguments, environment: environment, directory: "/"),
            let outcome = try? command.finish(within: 20), outcome.exitCode == 0
        else { return [] }
        return outcome.lines
    }

    private static func isOwn(_ pid: pid_t, _ folder: String) -> Bool {
        ["environ", "cmdline"].contains { file in
            (Files.text("/proc/\(pid)/\(file)") ?? "").contains("\(folder)/data\0")
        }
    }

    /// The processes that a process of one thread has started and not waited for.
    static func children(of pid: pid_t) -> [pid_t] {
        (Files.text("/proc/\(pid)/task/\(pid)/children") ?? "").split(separator: " ").compactMap { pid_t($0) }
    }

    private static func parent(of pid: pid_t) -> pid_t {
        let stat = Files.text("/proc/\(pid)/stat") ?? ""
        let fields = stat.drop { $0 != ")" }.split(separator: " ")
        return fields.count > 2 ? pid_t(fields[2]) ?? 0 : 0
    }
}
