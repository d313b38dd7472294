internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// Where something copied lands on this host: the directory, and the name that it gets there.
struct LocalPlace: Equatable {
    var directory: String
    /// Empty: its contents go into the directory.
    var name: String

    /// - Parameter contents: the source ended in `/.`: only what is in it is copied.
    init(_ path: String, for kind: FileKind, named source: String, contents: Bool) throws {
        switch try? Self.kind(of: path) {
        case .directory:
            directory = path
            name = contents ? "" : source
        case .file:
            if kind == .directory { throw CommandError("cannot copy a directory to the file \(path)") }
            directory = Self.parent(path)
            name = Self.lastName(path)
        case nil:
            if path.hasSuffix("/") && kind == .file { throw CommandError("\(path) is not a directory") }
            directory = Self.parent(path)
            name = Self.lastName(path)
            guard (try? Self.kind(of: directory)) == .directory else {
                throw CommandError("the directory \(directory) does not exist")
            }
        }
    }

    /// Links are followed.
    static func kind(of path: String) throws -> FileKind {
        var status = stat()
        if stat(path, &status) != 0 { throw CommandError("\(path) does not exist") }
        return status.st_mode & S_IFMT == S_IFDIR ? .directory : .file
    }

    static func lastName(_ path: String) -> String {
        path.split(separator: "/").last { $0 != "." }.map(String.init) ?? "."
    }

    static func parent(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }.dropLast()
        if path.hasPrefix("/") { return "/" + parts.joined(separator: "/") }
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    /// The path with all links followed; as it is if it leads nowhere.
    static func real(_ path: String) -> String {
        (try? Files.resolved(path)) ?? path
    }
}
