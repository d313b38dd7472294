internal import CLinux
internal import Digests
internal import EngineModel
internal import Glibc
internal import ImageStore
internal import LinuxSystem
internal import StateStore
internal import SystemPackage

/// A temporary directory with files from elsewhere; removed with the last who holds it.
final class FetchedDirectory: Sendable {
    private let temporary: TemporaryDirectory

    init(_ layout: DataLayout) throws(EngineError) {
        temporary = try TemporaryDirectory(layout)
    }

    /// On the host. Only for programs that need one; everything else goes through ``open()``.
    var path: String { temporary.path }

    func open() throws(EngineError) -> Descriptor {
        do throws(Errno) {
            return try temporary.lock.file.duplicate()
        } catch {
            throw copyError(path, "opening the temporary directory", error)
        }
    }

    /// Everything in it, as a tree whose owners mean nothing.
    func tree() throws(EngineError) -> CopyTree {
        CopyTree(
            try open(), owners: .root, excludes: nil, mayIncludeBelow: nil, digests: nil, holder: self)
    }

    /// Makes a file of this name, which must not exist, open for reading and writing.
    func makeFile(_ name: String) throws(EngineError) -> Descriptor {
        do throws(Errno) {
            return try temporary.lock.file.open(at: name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        } catch {
            throw copyError(name, "making a temporary file", error)
        }
    }

    /// Sets what a finished file shows. `modified`: seconds since 1970.
    func finish(_ file: borrowing Descriptor, _ name: String, mode: UInt32, modified: Int64?) throws(EngineError) {
        let raw = file.raw
        do throws(Errno) {
            try systemCall { fchmod(raw, mode) }
            if let modified {
                var times = [timespec(tv_sec: Int(modified), tv_nsec: 0), timespec(tv_sec: Int(modified), tv_nsec: 0)]
                try systemCall { futimens(raw, &times) }
            }
        } catch {
            throw copyError(name, "setting mode and time", error)
        }
    }
}

/// The SHA-256 of an open file's content, 64 digits.
func contentDigest(of file: borrowing Descriptor, _ shown: String) throws(EngineError) -> String {
    do throws(Errno) {
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset = 0
        while true {
            let count = try systemCall { pread(file.raw, buffer.baseAddress, buffer.count, offset) }
            if count == 0 { return hash.finish() }
            hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += count
        }
    } catch {
        throw copyError(shown, "reading it", error)
    }
}
