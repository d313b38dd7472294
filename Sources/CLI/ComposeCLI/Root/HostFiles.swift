internal import ComposeLoader
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The host's files, as the loader may see them.
struct HostFiles: FileProvider {
    func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        do throws(Errno) {
            if path == "-" { return try Descriptor(owning: try systemCall { dup(0) }).readAll(limit: limit) }
            let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
            guard try file.status().st_mode & S_IFMT == S_IFREG else {
                throw FileFailure(path: path, reason: "it is not a regular file")
            }
            return try file.readAll(limit: limit)
        } catch let error as Errno {
            let reason = error == .noSuchFileOrDirectory ? "no such file or directory" : error.description.lowercased()
            throw FileFailure(path: path, reason: reason, missing: error == .noSuchFileOrDirectory)
        } catch let error as FileFailure {
            throw error
        }
    }

    func kind(of path: String) -> FileKind {
        if path == "-" { return .regular }
        var status = Glibc.stat()
        guard stat(path, &status) == 0 else { return .missing }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .directory
        default: .other
        }
    }

    func resolvingSymlinks(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
