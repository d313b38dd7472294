internal import Archive
internal import CLinux
internal import Digests
public import EngineModel
internal import Glibc
public import ImageModel
public import LinuxSystem
public import Primitives
internal import Synchronization
internal import SystemPackage

/// A `COPY` or `ADD` that is about to happen: what is remote has been fetched, and is removed with the operation.
///
/// The rules are BuildKit's (Dockerfile reference, COPY and ADD). Functions block; one call at a time.
public final class CopyOperation: Sendable {
    private let request: CopyRequest
    private let destination: DestinationPath
    private let mode: ModeChange?
    private let sources: [CopySource]
    private let access: SourceAccess
    private let cancellation: Cancellation
    /// What the content key was computed of, for each source.
    private let seen = Mutex<[[String: FileStatus]]>([])

    /// Checks the request, finds its sources, and downloads what is remote.
    ///
    /// - Parameters:
    ///   - tree: where relative sources are looked up; nil if there are none (here-documents, URLs).
    public init(
        _ request: CopyRequest, from tree: CopyTree?, access: SourceAccess, cancellation: Cancellation
    ) throws(EngineError) {
        self.request = request
        self.access = access
        self.cancellation = cancellation
        destination = DestinationPath(request.destination, workingDirectory: request.workingDirectory)
        mode = try request.mode.map { text throws(EngineError) in try ModeChange(text) }
        sources = try CopySource.all(of: request, in: tree, access: access, cancellation: cancellation)
    }

    /// Names everything that the result depends on besides the root it goes to: names, kinds, contents, modes, link
    /// targets of the sources, and what the request says of them; owners only where they are kept. Not times.
    public func contentKey() throws(EngineError) -> Digest {
        var parts: [String] = [
            "copy 1", request.kind.rawValue, destination.shown, destination.isDirectory ? "/" : "",
            "mode \(request.mode ?? "")", "owner \(request.owner ?? "")", request.parents ? "parents" : "",
        ]
        parts += request.exclude.map { pattern in "exclude \(pattern.debugDescription)" }
        var seen: [[String: FileStatus]] = []
        for source in sources {
            if let name = source.contentName {
                parts.append(name)
                seen.append([:])
                continue
            }
            let key = ContentKey(
                tree: source.tree, keepsOwners: source.tree.owners == .kept && request.owner == nil)
            key.begin(source.item, mayUnpack: source.mayUnpack)
            if source.item.status.isDirectory {
                let directory = try open(source.item)
                let walk = SourceWalk(filter: try filter(of: source), visitor: key, cancellation: cancellation)
                try walk.run(directory, in: key.top)
            }
            parts.append(try key.digest(cancellation: cancellation).hex)
            seen.append(key.seen)
        }
        self.seen.withLock { $0 = seen }
        var hash = SHA256()
        hash.update(Array(parts.joined(separator: "\n").utf8))
        guard let digest = Digest(hex: hash.finish()) else {
            throw EngineError(.system, destination.shown, "the content key is not a digest")
        }
        return digest
    }

    /// Copies below `root`, and never anywhere else. What was copied stays there on failure.
    ///
    /// - Parameters:
    ///   - root: a stage's root from an `Overlay`, or with `--link` an empty directory.
    ///   - owner: of everything that is made; nil keeps owners, as the tree says.
    public func perform(into root: borrowing Descriptor, owner: FileOwner?) throws(EngineError) {
        let root = try openRoot(root)
        let maker = DirectoryMaker(owner: owner ?? FileOwner(uid: 0, gid: 0), epoch: request.epoch)
        if sources.count > 1, !destination.isDirectory, !(try RootPlace(destination.components, in: root).isDirectory) {
            throw EngineError(
                .invalid, destination.shown, "with more than one source the destination must be a directory",
                hint: "end it with a /")
        }
        for (index, source) in sources.enumerated() {
            if source.mayUnpack, try unpack(source.item, into: root, maker, owner) { continue }
            let rules = CopyRules(owner: owner, keepsOwners: source.tree.owners == .kept, mode: mode)
            let seen = self.seen.withLock { index < $0.count ? $0[index] : [:] }
            let copier = TreeCopier(root: root, files: FileCopier(rules: rules)) { seen[$0] }
            try copy(source, with: copier, rules, into: root, maker)
        }
    }

    private func copy(
        _ source: CopySource, with copier: TreeCopier, _ rules: CopyRules, into root: OpenDirectory,
        _ maker: DirectoryMaker
    ) throws(EngineError) {
        let parents = destination.isDirectory ? destination.components : destination.components.dropLast()
        var above = try RootPlace(parents, in: root)
        try requireDirectory(above, parents)
        try above.makeMissing(above.missing.count, maker, shown: destination.shown)
        var place = try RootPlace(destination.components, in: root)
        guard source.item.status.isDirectory else {
            let name: [CChar]
            if place.isDirectory {
                name = cName(source.item.name)
            } else {
                // A link may lead to a path whose directories do not exist.
                try place.makeMissing(
                    place.missing.count - (place.file == nil ? 1 : 0), maker, shown: destination.shown)
                name = place.file ?? place.missing[0]
            }
            return try copyItem(source.item, with: copier, rules, as: name, in: place)
        }
        try requireDirectory(place, destination.components)
        try place.makeMissing(place.missing.count, maker, shown: destination.shown)
        let directory = try open(source.item)
        let walk = SourceWalk(filter: try filter(of: source), visitor: copier, cancellation: cancellation)
        try walk.run(directory, in: TargetDirectory(place.directory, names: place.names))
        // The destination itself keeps owner and mode, but tells the time of the source.
        if request.epoch == nil && source.pattern == nil {
            try? FileCopier(rules: rules).setTime(of: place.directory.descriptor.raw, source.item.status)
        }
    }

    private func requireDirectory(_ place: RootPlace, _ components: [String]) throws(EngineError) {
        if place.file == nil { return }
        throw EngineError(
            .invalid, SourcePath.shown(components), "it exists in the image and is not a directory")
    }

    private func copyItem(
        _ item: SourceItem, with copier: TreeCopier, _ rules: CopyRules, as name: [CChar], in place: RootPlace
    ) throws(EngineError) {
        let shown = "/" + item.path
        guard item.status.isFile else {
            return try FileCopier(rules: rules).copyNode(item.status, as: name, in: place.directory, shown: shown)
        }
        let file: Descriptor
        do throws(Errno) {
            file = try item.open(O_RDONLY)
        } catch {
            throw copyError(shown, "opening it", error)
        }
        try copier.copyFile(file, item.status, "", as: name, in: place.directory, place.names + [name], shown)
    }

    /// Unpacks an archive below the destination; false if it is none.
    private func unpack(
        _ item: SourceItem, into root: OpenDirectory, _ maker: DirectoryMaker, _ owner: FileOwner?
    ) throws(EngineError) -> Bool {
        guard item.status.isFile else { return false }
        let shown = "/" + item.path
        let file: Descriptor
        do throws(Errno) {
            file = try item.open(O_RDONLY)
        } catch {
            throw copyError(shown, "opening it", error)
        }
        guard isArchive(file) else { return false }
        var place = try RootPlace(destination.components, in: root)
        try requireDirectory(place, destination.components)
        try place.makeMissing(place.missing.count, maker, shown: destination.shown)
        var rules = ExtractionRules(whiteouts: .literal)
        rules.maximumBytes = access.limit
        rules.owner = owner.map { ($0.uid, $0.gid) }
        try extract(file, into: place.directory.descriptor, rules, shown)
        return true
    }

    private func filter(of source: CopySource) throws(EngineError) -> EntryFilter {
        try EntryFilter(
            tree: source.tree, base: source.item.resolved, pattern: source.pattern, exclude: request.exclude)
    }

    private func open(_ item: SourceItem) throws(EngineError) -> OpenDirectory {
        do throws(Errno) {
            return OpenDirectory(try item.open(O_RDONLY | O_DIRECTORY))
        } catch {
            throw copyError("/" + item.path, "opening the directory", error)
        }
    }
}

/// Unpacks an open archive, compressed or not, below an open directory.
func extract(
    _ file: borrowing Descriptor, into directory: borrowing Descriptor, _ rules: ExtractionRules, _ shown: String
) throws(EngineError) {
    do throws(ArchiveError) {
        var status = stat()
        guard fstat(file.raw, &status) == 0 else {
            throw ArchiveError(shown, "reading its status", Errno(rawValue: errno))
        }
        let isFile = status.st_mode & S_IFMT == S_IFREG
        let source = FileSource(file.raw, offset: 0, length: isFile ? Int64(status.st_size) : nil)
        _ = try extractTar(try DecompressingSource(source), into: directory, rules: rules)
    } catch {
        let code: EngineError.Code =
            switch error.code {
            case .noSpace: .noSpace
            case .system: .system
            case .malformed, .unsafe, .limit: .invalid
            }
        throw EngineError(code, shown, "unpacking it: \(error.description)")
    }
}
