internal import Glibc
internal import LinuxSystem
internal import Primitives

/// Finds out who has a port, for error messages.
enum PortOwner {
    /// `process 123 (nginx)`; nil if it cannot be found.
    static func find(port: UInt16, transport: TransportProtocol) -> String? {
        let tables = [transport.rawValue, transport.rawValue + "6"]
        let inodes = tables.flatMap { table in
            sockets(in: Files.text("/proc/thread-self/net/\(table)") ?? "", port: port, listening: transport == .tcp)
        }
        if inodes.isEmpty { return nil }
        let wanted = Set(inodes.map { "socket:[\($0)]" })
        for name in (try? Files.list("/proc")) ?? [] where name.allSatisfy(\.isNumber) {
            for descriptor in (try? Files.list("/proc/\(name)/fd")) ?? [] {
                guard let target = link("/proc/\(name)/fd/\(descriptor)"), wanted.contains(target) else { continue }
                let command = (Files.text("/proc/\(name)/comm") ?? "").split(separator: "\n").first ?? "unknown"
                return "process \(name) (\(command))"
            }
        }
        return nil
    }

    /// Inode numbers of the sockets bound to `port` in a table such as `/proc/net/tcp` (proc(5)).
    static func sockets(in table: String, port: UInt16, listening: Bool) -> [String] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(separator: " ")
            guard columns.count > 9, let colon = columns[1].lastIndex(of: ":"),
                UInt16(columns[1][columns[1].index(after: colon)...], radix: 16) == port,
                !listening || columns[3] == "0A"
            else { return nil }
            return String(columns[9])
        }
    }

    private static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
