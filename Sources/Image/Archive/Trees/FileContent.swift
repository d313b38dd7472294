internal import CLinux
internal import Glibc
public import LinuxSystem
public import SystemPackage

/// Copies a file's bytes to an empty one, holes left out, shared by both where the file system can.
///
/// - Parameter size: bytes; what the file has grown by meanwhile is left out, except of small files.
public func copyFileContent(from source: borrowing Descriptor, to target: borrowing Descriptor, size: Int) throws(Errno)
{
    if size <= smallFile { return try copySmall(from: source.raw, to: target.raw) }
    try systemCall { ftruncate(target.raw, size) }
    var sharing = true
    var position = 0
    while position < size {
        // ENXIO: only a hole up to the end.
        let start = lseek(source.raw, position, SEEK_DATA)
        if start < 0 { return }
        let end = lseek(source.raw, start, SEEK_HOLE)
        position = start
        let limit = end < 0 ? size : end
        _ = lseek(source.raw, position, SEEK_SET)
        _ = lseek(target.raw, position, SEEK_SET)
        while position < limit {
            let count = try copyPart(from: source.raw, to: target.raw, limit - position, &sharing)
            if count == 0 { return }
            position += count
        }
    }
}

private func copyPart(from source: Int32, to target: Int32, _ count: Int, _ sharing: inout Bool) throws(Errno) -> Int {
    if sharing {
        let copied = clinux_copy_file_range(source, target, UInt(count))
        if copied > 0 { return copied }
        // Different file systems, or one that cannot do it.
        sharing = false
    }
    return try systemCall { sendfile(target, source, nil, count) }
}

private func copySmall(from source: Int32, to target: Int32) throws(Errno) {
    try withUnsafeTemporaryAllocation(byteCount: smallFile, alignment: 16) { buffer throws(Errno) in
        while true {
            let count = try systemCall { read(source, buffer.baseAddress, buffer.count) }
            if count == 0 { return }
            var written = 0
            while written < count {
                written += try systemCall { write(target, buffer.baseAddress.map { $0 + written }, count - written) }
            }
            if count < buffer.count { return }
        }
    }
}

/// Bytes up to which a file is read and written at once.
private let smallFile = 64 << 10
