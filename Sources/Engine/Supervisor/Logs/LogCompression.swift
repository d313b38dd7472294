internal import CLinux
internal import Compression
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Compresses segments that nothing is added to any more. A reader finds a segment at any moment: its compressed file
/// has its name before the other one loses it.
enum LogCompression {
    /// Compresses what is not compressed of the segments before one. Blocks; what cannot be done stays as it is. Two
    /// threads may do it at the same time.
    static func compressAll(before segment: Int, in directory: String) {
        guard let folder = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
            let lock = try? FileLock(folder)
        else { return }
        defer { withExtendedLifetime(lock) {} }
        for number in LogFormat.segments(directory) where number < segment {
            if Files.exists("\(directory)/\(LogFormat.fileName(number))") { try? compress(number, in: directory) }
        }
    }

    private static func compress(_ segment: Int, in directory: String) throws {
        let source = "\(directory)/\(LogFormat.fileName(segment))"
        let target = "\(directory)/\(LogFormat.compressedFileName(segment))"
        let temporary = target + ".tmp"
        do {
            let input = try Descriptor.open(source, O_RDONLY | O_NOFOLLOW)
            let output = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
            var deflater = try Deflater(.gzip)
            while true {
                let bytes = try input.read(upTo: 256 << 10)
                var packed: [UInt8] = []
                bytes.withUnsafeBytes { deflater.add($0, isLast: $0.isEmpty) { packed += $0 } }
                try output.writeAll(packed)
                if bytes.isEmpty { break }
            }
            try systemCall { rename(temporary, target) }
            unlink(source)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// The bytes of a segment as it was written. Of a compressed one they are the last four bytes (RFC 1952, ISIZE).
    static func size(of segment: Int, in directory: String) throws(Errno) -> Int {
        do throws(Errno) {
            return Int(try Descriptor.open("\(directory)/\(LogFormat.fileName(segment))", O_RDONLY).status().st_size)
        } catch {
            if error != .noSuchFileOrDirectory { throw error }
        }
        let file = try Descriptor.open("\(directory)/\(LogFormat.compressedFileName(segment))", O_RDONLY)
        var bytes: UInt32 = 0
        let end = try file.status().st_size
        try systemCall { pread(file.raw, &bytes, 4, end - 4) }
        return Int(UInt32(littleEndian: bytes))
    }
}
