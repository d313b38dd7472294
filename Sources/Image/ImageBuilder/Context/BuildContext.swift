internal import Archive
internal import CLinux
internal import Dockerfile
public import EngineModel
internal import Glibc
internal import ImageStore
internal import LinuxSystem
public import Primitives
internal import StateStore
internal import SystemPackage

/// The files that a build may use: a directory, or what was unpacked or fetched to a temporary one, which is removed
/// with the context and its trees.
public final class BuildContext: Sendable {
    /// The archive, standard input or URL was no archive: it is the Dockerfile, and the context is empty otherwise.
    /// ``read(_:limit:)`` finds it under the name `Dockerfile`.
    public let isDockerfile: Bool

    private let root: OpenDirectory
    private let digests: FileDigestCache?
    private let holder: FetchedDirectory?

    private init(
        _ root: OpenDirectory, digests: FileDigestCache? = nil, holder: FetchedDirectory? = nil,
        isDockerfile: Bool = false
    ) {
        self.root = root
        self.digests = digests
        self.holder = holder
        self.isDockerfile = isDockerfile
    }

    /// Opens a directory, unpacks an archive, fetches a URL or a Git repository. `.image` and `.build` are no
    /// contexts: see `Overlay`.
    ///
    /// - Parameter progress: what is read, bytes so far, and all bytes (0: not known).
    public static func open(
        _ source: ContextSource, access: SourceAccess, cancellation: Cancellation,
        progress: @escaping @Sendable (_ item: String, _ current: Int64, _ total: Int64) -> Void = { _, _, _ in }
    ) throws(EngineError) -> BuildContext {
        switch source {
        case .directory(let path): return try open(directory: path, access)
        case .empty:
            let fetched = try FetchedDirectory(access.layout)
            return BuildContext(OpenDirectory(try fetched.open()), holder: fetched)
        case .git(let text):
            let reference = try GitReference(text, allowsFiles: true)
            let fetched = try FetchedDirectory(access.layout)
            let commit = try GitCheckout(access, cancellation).fetch(reference, into: fetched)
            return BuildContext(OpenDirectory(commit.root), holder: fetched)
        case .url(let text):
            guard let file = RemoteFile(text) else {
                throw EngineError(.invalid, text, "a context has to be a directory, a Git repository or an http(s) URL")
            }
            let fetched = try file.fetch(access, checksum: nil, cancellation: cancellation)
            return try open(archive: try fetched.tree().find([file.name]), file.shown, access)
        case .archive(let descriptor, let subject):
            return try open(stream: descriptor, subject, access, cancellation, progress)
        case .image, .build, .layout:
            throw EngineError(.invalid, "build context", "an image is not read as a context")
        }
    }

    /// A file's bytes, whether ignored or not; nil if there is none. Links are followed within the context.
    ///
    /// - Parameter path: relative to the context's root.
    public func read(_ path: String, limit: Int = 16 << 20) throws(EngineError) -> [UInt8]? {
        let components = SourcePath.components(path)
        if components.isEmpty { return nil }
        do throws(Errno) {
            let file = try root.descriptor.open(
                at: components.joined(separator: "/"), O_RDONLY | O_NONBLOCK | O_NOCTTY,
                resolve: [.inRoot, .noMagicLinks])
            guard try file.status().st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
            return try file.readAll(limit: limit)
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .notDirectory: return nil
            case .invalidArgument: throw EngineError(.invalid, path, "it is not a regular file")
            case .fileTooLarge: throw EngineError(.invalid, path, "it is larger than \(limit >> 20) MiB")
            default: throw copyError(path, "reading it", error)
            }
        }
    }

    /// The files of the context without those that `DOCKERFILE.dockerignore` or else `.dockerignore` names.
    ///
    /// - Parameter dockerfile: its path relative to the context's root; nil if it is elsewhere.
    public func tree(dockerfile: String?) throws(EngineError) -> CopyTree {
        var text = try dockerfile.flatMap { name throws(EngineError) in try read(name + ".dockerignore") }
        if text == nil { text = try read(".dockerignore") }
        guard let text else { return try tree(ignored: nil) }
        return try tree(ignoring: String(decoding: text, as: UTF8.self))
    }

    /// The files of the context without those that the ignore file `text` names: one that lies outside of it.
    public func tree(ignoring text: String) throws(EngineError) -> CopyTree {
        let ignored: IgnoreFile
        do throws(PatternError) {
            ignored = try IgnoreFile(parsing: text)
        } catch {
            throw EngineError(.invalid, ".dockerignore", error.description)
        }
        return try tree(ignored: ignored)
    }

    private func tree(ignored: IgnoreFile?) throws(EngineError) -> CopyTree {
        let copy: Descriptor
        do throws(Errno) {
            copy = try root.descriptor.duplicate()
        } catch {
            throw copyError("build context", "opening it", error)
        }
        guard let ignored else {
            return CopyTree(
                copy, owners: .root, excludes: nil, mayIncludeBelow: nil, digests: digests, holder: holder)
        }
        return CopyTree(
            copy, owners: .root, excludes: { ignored.excludes($0, isDirectory: $1) },
            mayIncludeBelow: { ignored.mayInclude(below: $0) }, digests: digests, holder: holder)
    }
}

extension BuildContext {
    private static func open(directory path: String, _ access: SourceAccess) throws(EngineError) -> BuildContext {
        do throws(Errno) {
            let root = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
            let digests = FileDigestCache(path: access.layout.dataRoot + "/build-cache/file-digests")
            return BuildContext(OpenDirectory(root), digests: digests)
        } catch {
            switch error {
            case .noSuchFileOrDirectory:
                throw EngineError(.notFound, "build context \(path)", "there is no such directory")
            case .notDirectory: throw EngineError(.invalid, "build context \(path)", "it is not a directory")
            default: throw copyError("build context \(path)", "opening it", error)
            }
        }
    }

    /// What cannot be read twice is kept first: whether it is an archive shows only then.
    private static func open(
        stream: Int32, _ subject: String, _ access: SourceAccess, _ cancellation: Cancellation,
        _ progress: (_ item: String, _ current: Int64, _ total: Int64) -> Void
    ) throws(EngineError) -> BuildContext {
        let kept = try FetchedDirectory(access.layout)
        let file = try kept.makeFile("context")
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var total: Int64 = 0
        do throws(Errno) {
            while true {
                let count = try systemCall { Glibc.read(stream, buffer.baseAddress, buffer.count) }
                if count == 0 { break }
                total += Int64(count)
                if total > access.limit { throw .fileTooLarge }
                if cancellation.isCancelled { throw .canceled }
                progress(subject, total, 0)
                try file.writeAll(Array(UnsafeRawBufferPointer(rebasing: buffer[..<count])))
            }
        } catch {
            if error == .canceled { throw EngineError(.cancelled, subject, "cancelled") }
            throw copyError(subject, "reading the build context", error)
        }
        return try open(archive: try kept.tree().find(["context"]), subject, access)
    }

    /// Unpacks an archive; a file that is none is the Dockerfile.
    private static func open(
        archive item: SourceItem, _ subject: String, _ access: SourceAccess
    ) throws(EngineError) -> BuildContext {
        let file: Descriptor
        do throws(Errno) {
            file = try item.open(O_RDONLY)
        } catch {
            throw copyError(subject, "opening the build context", error)
        }
        let fetched = try FetchedDirectory(access.layout)
        let root = try fetched.open()
        if isArchive(file) {
            var rules = ExtractionRules(whiteouts: .literal)
            rules.maximumBytes = access.limit
            try extract(file, into: root, rules, subject)
            return BuildContext(OpenDirectory(root), holder: fetched)
        }
        let target = try fetched.makeFile("Dockerfile")
        do throws(Errno) {
            try target.writeAll(try file.readAll(limit: 16 << 20))
        } catch {
            throw EngineError(.invalid, subject, "it is neither an archive nor a Dockerfile: \(error.description)")
        }
        return BuildContext(OpenDirectory(root), holder: fetched, isDockerfile: true)
    }
}
