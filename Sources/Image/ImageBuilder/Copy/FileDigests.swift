internal import Archive
internal import CLinux
internal import Digests
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// A file whose content belongs to a content key.
struct HashedFile: Sendable {
    /// From the tree's root, without links.
    var path: [CChar]
    var status: FileStatus
}

/// The digests of files' contents and attributes, in their order, computed by two threads.
func digests(
    of files: [HashedFile], in tree: CopyTree, cancellation: Cancellation
) throws(EngineError) -> [FileDigestCache.Digest] {
    let work = HashingWork(files, tree, cancellation)
    defer { tree.digests?.save() }
    try ParallelWork.run(work.parts, threads: work.isWorthHelp ? 2 : 1, name: "build-hash") {
        part, _ throws(EngineError) in
        try work.run(part)
    }
    return work.result()
}

private final class HashingWork: Sendable {
    private let files: [HashedFile]
    private let tree: CopyTree
    private let cancellation: Cancellation
    private let digests: Mutex<[FileDigestCache.Digest]>
    /// Indices of the files that have to be read.
    private let unknown: [Int]

    init(_ files: [HashedFile], _ tree: CopyTree, _ cancellation: Cancellation) {
        self.files = files
        self.tree = tree
        self.cancellation = cancellation
        var digests = [FileDigestCache.Digest](repeating: .zero, count: files.count)
        var unknown: [Int] = []
        for (index, file) in files.enumerated() {
            if let known = tree.digests?.digest(of: file.status) {
                digests[index] = known
            } else {
                unknown.append(index)
            }
        }
        self.unknown = unknown
        let found = digests
        self.digests = Mutex(found)
    }

    var isWorthHelp: Bool {
        unknown.count > 16 || unknown.reduce(0) { $0 + files[$1].status.size } > 1 << 20 && unknown.count > 1
    }

    /// Files that are read one after the other by one thread.
    private static let partSize = 16

    var parts: Int { (unknown.count + Self.partSize - 1) / Self.partSize }

    func run(_ part: Int) throws(EngineError) {
        if cancellation.isCancelled { throw EngineError(.cancelled, "", "cancelled") }
        let start = part * Self.partSize
        for index in unknown[start..<min(start + Self.partSize, unknown.count)] {
            let digest = try self.digest(of: files[index])
            digests.withLock { $0[index] = digest }
        }
    }

    func result() -> [FileDigestCache.Digest] { digests.withLock { $0 } }

    private func digest(of file: HashedFile) throws(EngineError) -> FileDigestCache.Digest {
        let shown = "/" + text(of: file.path)
        let started = wallClock()
        do throws(Errno) {
            let source = try openBeneath(file.path, in: tree.root, O_RDONLY | O_NONBLOCK | O_NOCTTY)
            let status = FileStatus(try source.status())
            guard status.isFile, status.isSameContent(as: file.status) else { throw .noSuchFileOrDirectory }
            var hash = SHA256()
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: min(max(Int(status.size) + 1, 4096), 1 << 20), alignment: 4096)
            defer { buffer.deallocate() }
            while true {
                let count = try systemCall { read(source.raw, buffer.baseAddress, buffer.count) }
                if count == 0 { break }
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                if cancellation.isCancelled { break }
            }
            let attributes = portableAttributes(of: source.raw)
            let after = FileStatus(try source.status())
            guard after.isSameContent(as: file.status) else { throw .noSuchFileOrDirectory }
            var digest = hash.finish()
            if !attributes.isEmpty { digest = combined(digest, attributes) }
            let words = words(of: digest)
            tree.digests?.remember(words, of: after, started: started)
            return words
        } catch {
            if error == .noSuchFileOrDirectory || error == .tooManySymbolicLinkLevels || error == .notDirectory {
                throw EngineError(.conflict, shown, "it was changed or removed during the build")
            }
            throw copyError(shown, "reading it", error)
        }
    }
}

/// Opens a path without links below a directory.
func openBeneath(_ path: [CChar], in root: borrowing Descriptor, _ flags: Int32) throws(Errno) -> Descriptor {
    let raw = root.raw
    let resolve = PathResolution([.beneath, .noSymlinks]).rawValue
    return Descriptor(
        owning: try systemCall { clinux_openat2(raw, path, UInt64(UInt32(bitPattern: flags)), 0, resolve) })
}

private func combined(_ digest: String, _ attributes: [ExtendedAttribute]) -> String {
    var hash = SHA256()
    hash.update(Array(digest.utf8))
    for attribute in attributes {
        hash.update(Array("\n\(attribute.name) \(attribute.value.count)\n".utf8))
        hash.update(attribute.value)
    }
    return hash.finish()
}

private func words(of digits: String) -> FileDigestCache.Digest {
    var words = FileDigestCache.Digest.zero
    for (index, digit) in digits.utf8.enumerated() {
        let value = digit >= UInt8(ascii: "a") ? digit - UInt8(ascii: "a") + 10 : digit - UInt8(ascii: "0")
        words[index / 16] = words[index / 16] << 4 | UInt64(value)
    }
    return words
}

private func wallClock() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}
