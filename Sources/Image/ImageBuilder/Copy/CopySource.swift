internal import Dockerfile
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// One thing that is copied: found, and here.
struct CopySource: Sendable {
    var tree: CopyTree
    var item: SourceItem
    /// With `--parents`: what is taken from the item, which then is a directory.
    var pattern: [String]?
    /// Unpacked if it is an archive.
    var mayUnpack: Bool
    /// What stands for the content where that differs with each fetch: Git's own files.
    var contentName: String?

    /// Finds what a request names, and fetches what is elsewhere.
    static func all(
        of request: CopyRequest, in tree: CopyTree?, access: SourceAccess, cancellation: Cancellation
    ) throws(EngineError) -> [CopySource] {
        if request.checksum != nil, request.sources.count != 1 || !isRemote(request.sources[0]) {
            throw EngineError(.invalid, "--checksum", "it needs exactly one source, which is a URL or a Git repository")
        }
        var sources: [CopySource] = []
        for source in request.sources {
            if isRemote(source) {
                sources.append(try remote(source, request, access, cancellation))
            } else {
                guard let tree else { throw EngineError(.notFound, "\"\(source)\"", "there is no build context") }
                sources += try local(source, request, tree)
            }
        }
        for file in request.contents { sources.append(try inline(file, request, access)) }
        return sources
    }

    static func isRemote(_ source: String) -> Bool {
        RemoteFile(source) != nil || GitReference.isGit(source)
    }

    private static func local(
        _ source: String, _ request: CopyRequest, _ tree: CopyTree
    ) throws(EngineError) -> [CopySource] {
        let mayUnpack = request.unpack ?? (request.kind == .add)
        guard request.parents else {
            let components = SourcePath.components(source)
            let filter = try EntryFilter(tree: tree, base: "", pattern: nil, exclude: request.exclude)
            // A file that was named outright is meant.
            let isNamed = !components.contains(where: SourcePath.hasWildcards)
            return try tree.expand(components).filter { item in
                isNamed || item.status.isDirectory || !filter.leavesOut(file: item.name)
            }.map { CopySource(tree: tree, item: $0, pattern: nil, mayUnpack: mayUnpack) }
        }
        // What comes before `/./` is left out of the copies' paths.
        let (base, pattern) = pivot(source)
        if !(base + pattern).contains(where: SourcePath.hasWildcards) { _ = try tree.find(base + pattern) }
        return try tree.expand(base).map {
            CopySource(tree: tree, item: $0, pattern: pattern, mayUnpack: mayUnpack)
        }
    }

    private static func pivot(_ source: String) -> (base: [String], pattern: [String]) {
        let bytes = Array(source.utf8)
        let mark = Array("/./".utf8)
        for start in bytes.indices.dropLast(2) where bytes[start..<(start + 3)].elementsEqual(mark) {
            let base = String(decoding: bytes[..<start], as: UTF8.self)
            let rest = String(decoding: bytes[(start + 3)...], as: UTF8.self)
            return (SourcePath.components(base), SourcePath.components(rest))
        }
        return ([], SourcePath.components(source))
    }

    private static func remote(
        _ source: String, _ request: CopyRequest, _ access: SourceAccess, _ cancellation: Cancellation
    ) throws(EngineError) -> CopySource {
        guard request.kind == .add else {
            throw EngineError(.invalid, "COPY \(source)", "only ADD takes files from elsewhere", hint: "use ADD")
        }
        if GitReference.isGit(source) {
            var reference = try GitReference(source, allowsFiles: false)
            try reference.take(checksum: request.checksum, keepsGitDirectory: request.keepGitDirectory)
            let fetched = try FetchedDirectory(access.layout)
            let commit = try GitCheckout(access, cancellation).fetch(reference, into: fetched)
            let name = "git \(commit.id) \(reference.shown) \(reference.subdirectory) \(reference.takesSubmodules)"
            let tree = CopyTree(
                commit.root, owners: .root, excludes: nil, mayIncludeBelow: nil, digests: nil, holder: fetched)
            return CopySource(
                tree: tree, item: try tree.find([]), pattern: nil, mayUnpack: false,
                contentName: reference.keepsGitDirectory ? name : nil)
        }
        guard let file = RemoteFile(source) else { throw EngineError(.invalid, source, "it is not a URL") }
        let tree = try file.fetch(access, checksum: request.checksum, cancellation: cancellation).tree()
        return CopySource(
            tree: tree, item: try tree.find([file.name]), pattern: nil, mayUnpack: request.unpack ?? false)
    }

    private static func inline(
        _ file: CopyRequest.InlineFile, _ request: CopyRequest, _ access: SourceAccess
    ) throws(EngineError) -> CopySource {
        guard !file.name.isEmpty, !file.name.contains("/"), file.name != ".", file.name != ".." else {
            throw EngineError(.invalid, "here-document \(file.name)", "its name cannot be that of a file")
        }
        let directory = try FetchedDirectory(access.layout)
        let target = try directory.makeFile(file.name)
        do throws(Errno) {
            try target.writeAll(file.content)
        } catch {
            throw copyError(file.name, "writing the here-document", error)
        }
        try directory.finish(target, file.name, mode: 0o644, modified: request.epoch)
        let tree = try directory.tree()
        return CopySource(tree: tree, item: try tree.find([file.name]), pattern: nil, mayUnpack: false)
    }
}
