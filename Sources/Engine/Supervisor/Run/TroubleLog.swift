internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// The supervisor's own log: only what went wrong and cannot be told to anybody. Made when there is something to write.
final class TroubleLog: Sendable {
    private let path: String
    /// Bytes after which nothing more is written.
    private static let limit = 1 << 20

    init(path: String) {
        self.path = path
    }

    /// Appends one line. Never fails.
    func write(_ text: String) {
        guard let file = try? Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW),
            let size = try? file.status().st_size, size < Self.limit
        else { return }
        try? file.writeAll(Array("\(Instant.now().seconds) \(text)\n".utf8))
    }
}
