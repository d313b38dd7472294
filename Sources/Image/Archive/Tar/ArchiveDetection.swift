internal import CLinux
internal import Glibc
public import LinuxSystem

/// Whether an open file begins as a tar archive does, uncompressed or compressed with gzip, zstd, bzip2 or xz. Its name
/// says nothing. Reads with pread(2): the file's position stays.
public func isArchive(_ file: borrowing Descriptor) -> Bool {
    var status = stat()
    guard fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return false }
    do throws(ArchiveError) {
        let source = try DecompressingSource(FileSource(file.raw, offset: 0, length: Int64(status.st_size)))
        var header: [UInt8] = []
        while header.count < 512 {
            let bytes = try source.next()
            if bytes.isEmpty { return false }
            header += bytes.prefix(512 - header.count)
        }
        return isTarHeader(header)
    } catch {
        return false
    }
}

/// Whether a block's checksum is that of a tar header (POSIX, ustar interchange format): the sum of its bytes, with
/// those of the checksum itself taken as spaces.
func isTarHeader(_ block: [UInt8]) -> Bool {
    guard block.count == 512, block[0] != 0 else { return false }
    let digits = block[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    guard !digits.isEmpty else { return false }
    let wanted = digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
    var unsigned = 0
    var signed = 0
    for (index, byte) in block.enumerated() {
        let value: UInt8 = (148..<156).contains(index) ? 0x20 : byte
        unsigned += Int(value)
        signed += Int(Int8(bitPattern: value))
    }
    return wanted == unsigned || wanted == signed
}
