internal import CLinux
internal import ComposeLoader
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The host's files, as the loader may see them.
struct HostFiles: FileProvider {
    func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        let bytes: [UInt8]?
        do throws(Errno) {
            bytes = try Self.contents(path, limit: limit)
        } catch {
            let reason = error == .noSuchFileOrDirectory ? "no such file or directory" : error.description.lowercased()
            throw FileFailure(path: path, reason: reason, missing: error == .noSuchFileOrDirectory)
        }
        guard let bytes else { throw FileFailure(path: path, reason: "it is not a regular file") }
        return bytes
    }

    /// nil for what is no regular file.
    private static func contents(_ path: String, limit: Int) throws(Errno) -> [UInt8]? {
        if path == "-" {
            let input = Descriptor(owning: try systemCall { fcntl(0, F_DUPFD_CLOEXEC, 3) })
            return try input.readAll(limit: limit)
        }
        let file = try RemoteFiles.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        guard try file.status().st_mode & S_IFMT == S_IFREG else { return nil }
        return try file.readAll(limit: limit)
    }

    func kind(of path: String) -> FileKind {
        if path == "-" { return .regular }
        var status = Glibc.stat()
        if RemoteFiles.inside(path) != nil {
            guard let file = try? RemoteFiles.open(path, O_PATH), let found = try? file.status() else {
                return .missing
            }
            status = found
        } else {
            guard stat(path, &status) == 0 else { return .missing }
        }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .directory
        default: .other
        }
    }

    func fetch(_ source: String) throws(FileFailure) -> RemoteComposeFile? { try RemoteFiles.fetch(source) }

    func resolvingSymlinks(_ path: String) -> String? { try? Files.resolved(path) }
}
