internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// `O_TMPFILE` (open(2)), whose definition Swift cannot read.
private let unnamedFile = 0o20_000_000 | O_DIRECTORY

/// What came on standard input, in a file without a name, so that it can be looked at and then read from its start.
struct StandardInput: ~Copyable {
    private let file: Descriptor

    var raw: Int32 { file.raw }

    /// Blocks until the end of standard input.
    static func copy() throws -> StandardInput {
        let file = try unnamed()
        let input = Descriptor(owning: try systemCall { fcntl(0, F_DUPFD_CLOEXEC, 3) })
        while true {
            let part = try input.read(upTo: 1 << 16)
            if part.isEmpty { break }
            try file.writeAll(part)
        }
        try systemCall { lseek(file.raw, 0, SEEK_SET) }
        return StandardInput(file: file)
    }

    /// A file without a name, open for reading and writing.
    static func unnamed() throws -> Descriptor {
        try Descriptor.open("/var/tmp", O_RDWR | unnamedFile | O_CLOEXEC, mode: 0o600)
    }

    private init(file: consuming Descriptor) {
        self.file = file
    }

    /// The first bytes.
    func head() throws -> [UInt8] {
        var head = [UInt8](repeating: 0, count: 512)
        let count = try systemCall { pread(file.raw, &head, head.count, 0) }
        return Array(head.prefix(Int(count)))
    }

    /// A descriptor that stays open until the process ends.
    func descriptorForProcess() throws -> Int32 {
        try systemCall { fcntl(file.raw, F_DUPFD_CLOEXEC, 3) }
    }

    /// Whether this is the beginning of a tar archive or of something compressed (gzip, bzip2, xz, zstd).
    static func isArchive(_ head: [UInt8]) -> Bool {
        let magics: [[UInt8]] = [
            [0x1f, 0x8b], [0x42, 0x5a, 0x68], [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x28, 0xb5, 0x2f, 0xfd],
        ]
        if magics.contains(where: { head.starts(with: $0) }) { return true }
        return head.count > 262 && head[257..<262].elementsEqual("ustar".utf8)
    }
}
