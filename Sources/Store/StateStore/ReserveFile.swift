internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A file beside the record that holds room on the disk, so that ends can be recorded and things removed when all the
/// rest is full: then it is deleted, and the change that failed is made again.
///
/// It is made again by the first command that finds enough room.
struct ReserveFile: Sendable {
    /// Bytes: removing a container changes about ten pages of the record.
    static let size = 1 << 20
    /// How much more has to be free before it is made: it must not be what fills a disk.
    private static let factor = 8

    private let directory: String
    private var path: String { directory + "/state.reserve" }

    /// - Parameter directory: that of the record.
    init(directory: String) {
        self.directory = directory
    }

    /// Makes the file if it is missing and there is room. Best effort.
    func make() {
        if Files.exists(path) { return }
        guard let room = Files.availableBytes(in: directory), room >= UInt64(Self.size * Self.factor) else { return }
        guard let file = try? Descriptor.open(path, O_WRONLY | O_CREAT | O_NOFOLLOW) else { return }
        if posix_fallocate(file.raw, 0, off_t(Self.size)) != 0 { unlink(path) }
    }

    /// Gives the room back to the file system.
    ///
    /// - Returns: false if there was none.
    func release() -> Bool { unlink(path) == 0 }
}
