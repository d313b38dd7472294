internal import Archive
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// The digests of files that have not changed since, between builds: an unchanged context costs only looking.
///
/// One file of records of fixed size, appended to by whoever has the lock; damaged records are passed over. A file
/// that was modified less than two seconds before it was read is not remembered: it could change once more without a
/// trace in its times. Any thread.
final class FileDigestCache: Sendable {
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: Int64
        var changed: Int64

        init(_ status: FileStatus) {
            device = status.device
            inode = status.inode
            size = status.size
            modified = status.modified
            changed = status.changed
        }
    }

    /// SHA-256 as four words.
    typealias Digest = SIMD4<UInt64>

    private struct State {
        var known: [Identity: Digest] = [:]
        var new: [Identity: Digest] = [:]
        var isLoaded = false
    }

    private let path: String
    private let state = Mutex(State())

    init(path: String) {
        self.path = path
    }

    func digest(of status: FileStatus) -> Digest? {
        state.withLock { state in
            if !state.isLoaded {
                state.isLoaded = true
                state.known = Self.load(path)
            }
            return state.known[Identity(status)]
        }
    }

    /// - Parameter started: when reading the file began, nanoseconds since 1970.
    func remember(_ digest: Digest, of status: FileStatus, started: Int64) {
        guard max(status.modified, status.changed) < started - 2_000_000_000 else { return }
        state.withLock { state in
            state.known[Identity(status)] = digest
            state.new[Identity(status)] = digest
        }
    }

    /// Writes what is new. Failures only cost time later.
    func save() {
        let new = state.withLock { state in
            defer { state.new = [:] }
            return state.new
        }
        if new.isEmpty { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(new.count * Self.recordSize)
        for (identity, digest) in new { bytes += Self.record(identity, digest) }
        do throws(Errno) {
            if let slash = path.lastIndex(of: "/") { try Files.makeDirectories(String(path[..<slash])) }
            let lock = try FileLock(try Descriptor.open(path, O_RDWR | O_CREAT | O_APPEND))
            let size = Int(try lock.file.status().st_size)
            // Old files are never looked for again: begin anew before it gets large. The rest of a torn record goes.
            if size > Self.maximumSize {
                try systemCall { ftruncate(lock.file.raw, 0) }
            } else if size % Self.recordSize != 0 {
                try systemCall { ftruncate(lock.file.raw, size - size % Self.recordSize) }
            }
            try lock.file.writeAll(bytes)
        } catch {
            return
        }
    }

    private static let recordSize = 80
    private static let maximumSize = recordSize * 1_000_000

    private static func load(_ path: String) -> [Identity: Digest] {
        guard let bytes = try? Files.read(path, limit: 2 * maximumSize) else { return [:] }
        var known: [Identity: Digest] = [:]
        known.reserveCapacity(bytes.count / recordSize)
        bytes.withUnsafeBytes { buffer in
            for start in stride(from: 0, through: buffer.count - recordSize, by: recordSize) {
                let words = (0..<10).map { buffer.loadUnaligned(fromByteOffset: start + $0 * 8, as: UInt64.self) }
                guard words[9] == check(words[..<9]) else { continue }
                var status = Identity(FileStatus(stat()))
                status.device = words[0]
                status.inode = words[1]
                status.size = Int64(bitPattern: words[2])
                status.modified = Int64(bitPattern: words[3])
                status.changed = Int64(bitPattern: words[4])
                known[status] = Digest(words[5], words[6], words[7], words[8])
            }
        }
        return known
    }

    private static func record(_ identity: Identity, _ digest: Digest) -> [UInt8] {
        var words = [
            identity.device, identity.inode, UInt64(bitPattern: identity.size),
            UInt64(bitPattern: identity.modified), UInt64(bitPattern: identity.changed), digest[0], digest[1],
            digest[2], digest[3],
        ]
        words.append(check(words[...]))
        return words.withUnsafeBytes { Array($0) }
    }

    /// Against torn and damaged records (FNV-1a over words).
    private static func check(_ words: ArraySlice<UInt64>) -> UInt64 {
        words.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01b3 ^ ($0 >> 29) }
    }
}
