internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A file beside the record that holds room on the disk, so that ends can be recorded and things removed when all the
/// rest is full: a part of it is given back then, and the change that failed is made again.
///
/// In parts, for whatever filled the disk takes what the change leaves of them. It is made whole again by the first
/// command that finds enough room.
struct ReserveFile: Sendable {
    /// Bytes.
    static let size = 2 << 20
    /// Removing a container changes about ten pages of the record.
    static let part = 128 << 10
    /// How much more has to be free before it is made: it must not be what fills a disk.
    private static let factor = 5

    private let directory: String
    private var path: String { directory + "/state.reserve" }

    /// - Parameter directory: that of the record.
    init(directory: String) {
        self.directory = directory
    }

    /// Makes the file, or makes it whole, if there is room. Best effort.
    func make() {
        var status = stat()
        if lstat(path, &status) == 0, status.st_size >= Self.size { return }
        guard let folder = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY),
            let room = Files.availableBytes(in: folder), room >= UInt64(Self.size * Self.factor)
        else { return }
        guard let file = try? Descriptor.open(path, O_WRONLY | O_CREAT | O_NOFOLLOW) else { return }
        if posix_fallocate(file.raw, 0, off_t(Self.size)) != 0 { unlink(path) }
    }

    /// Gives a part of the room back to the file system.
    ///
    /// - Returns: false if there was none.
    func release() -> Bool {
        guard let file = try? Descriptor.open(path, O_WRONLY | O_NOFOLLOW), let size = try? file.status().st_size,
            size > 0
        else { return false }
        return ftruncate(file.raw, max(0, size - Self.part)) == 0
    }
}
