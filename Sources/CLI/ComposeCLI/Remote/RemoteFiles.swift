internal import CLinux
internal import ComposeLoader
internal import EngineModel
internal import Glibc
internal import ImageBuilder
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

/// Compose files from Git repositories, `-f https://host/x.git#REF:PATH`, and from registries, `-f oci://host/x`; the
/// same in `include` and `extends`.
///
/// A repository is fetched once for a command and kept below the data root, in a directory named by its commit: the
/// project's containers may mount what is in it. Nothing of it is trusted: files are opened within it only.
enum RemoteFiles {
    private static let known = Mutex<[String: RemoteComposeFile]>([:])
    private static let variable = "COMPOSE_EXPERIMENTAL_GIT_REMOTE"

    static var directory: String { DataLayout.fromEnvironment().dataRoot + "/remote" }

    /// What this command has fetched, sorted, and where it lies.
    static var fetched: [(source: String, directory: String)] {
        known.withLock { $0.map { ($0.key, $0.value.directory) } }.sorted { $0.source < $1.source }
    }

    /// nil for what is a path on this host.
    static func fetch(_ source: String) throws(FileFailure) -> RemoteComposeFile? {
        let isFile = source.hasPrefix("file://")
        let isArtifact = source.hasPrefix(registryPrefix)
        guard isFile || isArtifact || source.hasPrefix("github.com/") || GitReference.isGit(source) else { return nil }
        if let file = known.withLock({ $0[source] }) { return file }
        do throws(EngineError) {
            let file = isArtifact ? try loadFromRegistry(source) : try load(source)
            known.withLock { $0[source] = file }
            return file
        } catch {
            throw FileFailure(path: source, reason: error.reason)
        }
    }

    private static func load(_ source: String) throws(EngineError) -> RemoteComposeFile {
        let environment = Surroundings.environment()
        if let text = environment[variable], !text.isEmpty, RootOptions.boolean(text) != true {
            throw EngineError(.unsupported, source, "compose files from Git are disabled by \(variable)")
        }
        let reference = try GitReference(source, allowsFiles: true)
        try makeDirectory()
        let root = try keepRepository(
            reference, below: directory, environment: environment, cancellation: Cancellation())
        var path = reference.subdirectory.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        let files = HostFiles()
        if files.kind(of: join(root, path)) == .directory {
            let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
            guard let name = names.first(where: { files.kind(of: join(join(root, path), $0)) == .regular }) else {
                throw EngineError(.notFound, source, "it has no compose file")
            }
            path = join(path, name)
        }
        guard files.kind(of: join(root, path)) == .regular else {
            throw EngineError(.notFound, source, "it has no file \"\(path)\"")
        }
        return RemoteComposeFile(path: join(root, path), directory: root)
    }

    private static func join(_ first: String, _ second: String) -> String {
        first.isEmpty ? second : second.isEmpty ? first : "\(first)/\(second)"
    }

    /// `rename(2)` that leaves alone what is there already.
    static func rename(_ path: String, to place: String) throws(Errno) {
        if Glibc.rename(path, place) == 0 || Files.exists(place) { return }
        throw Errno(rawValue: errno)
    }

    static func makeDirectory() throws(EngineError) {
        let path = directory
        do throws(Errno) {
            try Files.makeDirectories(path)
            let place = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            guard try place.status().st_uid == geteuid() else { throw .permissionDenied }
            try systemCall { fchmod(place.raw, 0o700) }
        } catch {
            throw EngineError(.unavailable, path, "it cannot keep fetched files: \(error.description.lowercased())")
        }
    }

    // MARK: Untrusted paths

    /// The repository that a path lies in, and the path inside it; nil for other paths.
    static func inside(_ path: String) -> (root: String, rest: String)? {
        let prefix = directory + "/"
        guard path.hasPrefix(prefix) else { return nil }
        let parts = path.dropFirst(prefix.count).split(separator: "/", maxSplits: 1)
        guard let commit = parts.first, !parts.contains("..") else { return nil }
        return (prefix + commit, parts.count > 1 ? String(parts[1]) : ".")
    }

    /// Opens a file, and what lies in a fetched repository only if no symbolic link leads out of it.
    static func open(_ path: String, _ flags: Int32) throws(Errno) -> Descriptor {
        guard let (root, rest) = inside(path) else { return try Descriptor.open(path, flags) }
        let repository = try Descriptor.open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        return try repository.open(at: rest, flags, resolve: [.inRoot, .noMagicLinks])
    }
}
