internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// How far a container's output was sent, in a file beside its log: a supervisor that comes later goes on there.
final class LogMarker: Sendable {
    /// Bytes between two notes: what is sent again after a supervisor was killed.
    private static let distance = 1 << 20

    private let file: Descriptor
    private let saved: Mutex<LogPosition?>

    /// Opens the file in the container's directory, or makes it.
    init(directory: String) throws(Errno) {
        file = try Descriptor.open("\(directory)/sent", O_RDWR | O_CREAT | O_NOFOLLOW)
        let words = String(decoding: try file.read(upTo: 64), as: UTF8.self).split(separator: " ").compactMap {
            Int($0)
        }
        saved = Mutex(words.count >= 2 ? LogPosition(segment: words[0], offset: words[1]) : nil)
    }

    /// nil if nothing was ever sent.
    var position: LogPosition? { saved.withLock { $0 } }

    /// Remembers the position if it is far from the one that is written.
    func note(_ position: LogPosition) {
        if let last = self.position, last.segment == position.segment, position.offset - last.offset < Self.distance {
            return
        }
        save(position)
    }

    /// Writes the position. What cannot be written is sent twice later.
    func save(_ position: LogPosition) {
        if self.position == position { return }
        saved.withLock { $0 = position }
        let text = "\(String(position.segment).leftPadded(to: 20)) \(String(position.offset).leftPadded(to: 20)) \n"
        let bytes = Array(text.utf8)
        _ = pwrite(file.raw, bytes, bytes.count, 0)
    }
}
