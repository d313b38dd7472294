internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// The data root and the run root are closed to other users: what lies in them, environments and secrets among it,
/// counts on that.
enum PrivateRoot {
    /// Makes the directory, or closes one that was made beforehand by mkdir(1) or as a mount point.
    ///
    /// - Parameter content: names that only we put into such a directory. One that holds other things alone is left as it
    ///   is and refused: it was named by mistake.
    static func prepare(_ path: String, content: Set<String>) throws(EngineError) {
        let directory = try opened(path)
        let status = try EngineError.explaining(path) { try directory.status() }
        guard status.st_uid == geteuid() else {
            throw EngineError(
                .permission, path, "it belongs to another user, with the id \(status.st_uid)",
                hint: "name another directory, or give it to the user with the id \(geteuid())")
        }
        if status.st_mode & 0o077 == 0 { return }
        let names = (try? Files.list(directory)) ?? []
        let isOurs = names.isEmpty || names == ["lost+found"] || !content.isDisjoint(with: names)
        guard isOurs, status.st_mode & S_ISVTX == 0 else {
            throw EngineError(
                .invalid, path, "other users can read this directory, and other things are in it",
                hint: "name one of its own below it")
        }
        try EngineError.explaining(path, doing: "it cannot be closed to other users") {
            try systemCall { fchmod(directory.raw, 0o700) }
        }
    }

    private static func opened(_ path: String) throws(EngineError) -> Descriptor {
        do throws(Errno) {
            try Files.makeDirectories(path)
            return try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        } catch {
            let code = error == .permissionDenied ? EngineError.Code.permission : .system
            throw EngineError(code, path, "the state directory cannot be made: \(error.description)")
        }
    }
}
