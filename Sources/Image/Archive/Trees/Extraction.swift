internal import CLinux
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// What unpacking may cost and how it takes some names.
public struct ExtractionRules: Sendable, Hashable {
    /// What becomes of the entries that hide files of lower layers.
    public enum Whiteouts: Sendable, Hashable {
        /// `.wh.NAME` and `.wh..wh..opq` become what overlayfs understands: a device 0:0 in the place of NAME, and an
        /// attribute of the directory.
        case overlay
        /// Names like others.
        case literal
    }

    /// `.overlay` for layers of images, `.literal` for other archives.
    public var whiteouts: Whiteouts
    /// More of them are refused; directories and links count too.
    public var maximumEntries = 4_000_000
    /// Bytes of all files together; sparse files count with what they hold.
    public var maximumBytes: Int64 = 1 << 40
    /// Extended attributes larger than this are refused.
    public var maximumAttribute = 64 << 10
    /// Owner of everything instead of that in the archive.
    public var owner: (uid: UInt32, gid: UInt32)?

    public init(whiteouts: Whiteouts) {
        self.whiteouts = whiteouts
    }

    public static func == (left: ExtractionRules, right: ExtractionRules) -> Bool {
        left.whiteouts == right.whiteouts && left.maximumEntries == right.maximumEntries
            && left.maximumBytes == right.maximumBytes && left.maximumAttribute == right.maximumAttribute
            && left.owner?.uid == right.owner?.uid && left.owner?.gid == right.owner?.gid
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(whiteouts)
        hasher.combine(maximumBytes)
    }
}

/// What was unpacked.
public struct ExtractionResult: Sendable, Hashable {
    /// How many there were in the archive, those that later ones replaced included.
    public var entries = 0
    /// Bytes of all files' content.
    public var bytes: Int64 = 0
}

/// Unpacks a tar archive below a directory and never anywhere else.
///
/// The archive may be hostile: each path is resolved by the kernel with the directory as its root
/// (`RESOLVE_IN_ROOT`), the last component is never followed, and owner, mode, attributes and times are set on
/// descriptors. Entries may come in any order and more than once: the last one counts, parents are made as needed.
/// Runs as root, blocks; one call per directory at a time. What was unpacked stays there on failure.
///
/// - Parameter root: an open directory.
public func extractTar(
    _ source: any ByteSource, into root: borrowing Descriptor, rules: ExtractionRules
) throws(ArchiveError) -> ExtractionResult {
    let target = try TreeTarget(root: root, maximumAttribute: rules.maximumAttribute)
    return try withUTF8Names { () throws(ArchiveError) in
        let reader = try TarReader(source, maximumEntries: rules.maximumEntries)
        var result = ExtractionResult()
        while var entry = try reader.next() {
            result.entries += 1
            if let owner = rules.owner { (entry.uid, entry.gid) = owner }
            try extract(entry, reader, target, rules, &result)
        }
        try target.finish()
        return result
    }
}

private func extract(
    _ entry: TarEntry, _ reader: TarReader, _ target: TreeTarget, _ rules: ExtractionRules,
    _ result: inout ExtractionResult
) throws(ArchiveError) {
    let path = try LocalPath(entry.path)
    if path.isRoot {
        guard entry.kind == .directory else {
            throw ArchiveError(.unsafe, entry.printablePath, "only a directory can stand for the root")
        }
        return try target.setRoot(entry)
    }
    if rules.whiteouts == .overlay, let whiteout = try Whiteout(path) {
        return try target.place(whiteout)
    }
    switch entry.kind {
    case .file:
        let file = try target.makeFile(path)
        try copyData(of: entry, reader, to: file, rules, &result)
        try target.setMetadata(of: file, entry)
    case .directory: try target.makeDirectory(path, entry)
    case .hardLink(let source): try target.link(path, to: try LocalPath(source))
    case .symbolicLink(let destination): try target.makeSymbolicLink(path, to: destination, entry)
    case .characterDevice, .blockDevice, .fifo, .socket: try target.makeNode(path, entry)
    }
}

private func copyData(
    of entry: TarEntry, _ reader: TarReader, to file: borrowing Descriptor, _ rules: ExtractionRules,
    _ result: inout ExtractionResult
) throws(ArchiveError) {
    var end: Int64 = 0
    while let (bytes, offset) = try reader.nextData() {
        result.bytes += Int64(bytes.count)
        if result.bytes > rules.maximumBytes {
            throw ArchiveError(
                .limit, entry.printablePath, "the unpacked content is larger than the space there is for it")
        }
        var written = 0
        do throws(Errno) {
            while written < bytes.count {
                written += try systemCall {
                    pwrite(
                        file.raw, bytes.baseAddress.map { $0 + written }, bytes.count - written, Int(offset) + written)
                }
            }
        } catch {
            throw ArchiveError(entry.printablePath, "writing the file", error)
        }
        end = offset + Int64(bytes.count)
    }
    if end < entry.size {
        do throws(Errno) {
            try systemCall { ftruncate(file.raw, Int(entry.size)) }
        } catch {
            throw ArchiveError(entry.printablePath, "setting the file's size", error)
        }
    }
}

/// A whiteout of the OCI layer format.
struct Whiteout {
    enum Kind {
        /// The entry at `path` of the layers below is gone.
        case removed(LocalPath)
        /// Nothing of the layers below shows in this directory; nil is the root.
        case opaque(LocalPath?)
        /// A mark of older storage drivers without a meaning here.
        case ignored
    }

    let kind: Kind

    /// nil for all other names. A name that would hide the directory itself or its parent is refused.
    init?(_ path: LocalPath) throws(ArchiveError) {
        let name = path.name.dropLast().map { UInt8(bitPattern: $0) }
        guard name.starts(with: Self.prefix) else { return nil }
        let rest = Array(name.dropFirst(Self.prefix.count))
        if rest == Self.opaqueMark {
            kind = .opaque(path.parent)
        } else if rest.starts(with: Self.prefix) {
            kind = .ignored
        } else if rest.isEmpty || rest == [0x2e] || rest == [0x2e, 0x2e] {
            throw ArchiveError(.unsafe, path.printable, "a whiteout without a name")
        } else {
            let parent = path.parent.map { $0.whole.dropLast().map { UInt8(bitPattern: $0) } + [0x2f] } ?? []
            kind = .removed(try LocalPath(parent + rest))
        }
    }

    private static let prefix = Array(".wh.".utf8)
    private static let opaqueMark = Array(".wh..opq".utf8)
}
