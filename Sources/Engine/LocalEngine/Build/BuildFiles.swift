internal import ContainerModel
internal import EngineModel
internal import Glibc
internal import ImageBuilder
internal import LinuxSystem
internal import Primitives
internal import Supervisor
internal import SystemPackage

/// The directory of one build container's own files: what its mounts need on the host while it runs.
struct BuildFiles: ~Copyable {
    let directory: String
    private let subject: String
    private var count = 0
    private var sockets: [SocketRelay] = []

    init(directory: String, subject: String) throws(EngineError) {
        self.directory = directory
        self.subject = subject
        do throws(Errno) {
            try Files.makeDirectories(directory)
        } catch {
            throw EngineError(error, subject, doing: "its directory cannot be made")
        }
    }

    /// For when no program was started; else the directory is removed after it.
    func remove() { try? Files.removeTree(directory) }

    /// The program has ended.
    func end() {
        for socket in sockets { socket.end() }
    }

    mutating func specification(of mount: BuildMount) throws(EngineError) -> MountSpec {
        switch mount.kind {
        case .tree(let layers, let path, let writable):
            let isPlain = layers.count == 1 && !writable
            let scratch = isPlain ? "" : try scratch(writable ? ["point", "upper", "work"] : ["point"])
            return MountSpec(
                source: .tree(layers: layers, path: path, scratch: scratch, writable: writable), target: mount.target,
                readOnly: !writable)
        case .directory(let path, let readOnly):
            return MountSpec(
                source: .bind(path: path, createIfMissing: false, propagation: nil, recursive: false),
                target: mount.target, readOnly: readOnly)
        case .secretFile(let content, let mode, let uid, let gid):
            return MountSpec(
                source: .secret(content: content, mode: mode, uid: uid, gid: gid, scratch: try scratch(["point"])),
                target: mount.target, readOnly: true)
        case .socket(let path, let mode, let uid, let gid):
            let folder = try scratch(["."])
            do throws(Errno) {
                sockets.append(
                    try SocketRelay("socket", in: folder, to: path, mode: mode, uid: uid, gid: gid))
            } catch {
                throw EngineError(error, subject, doing: "the socket for \(mount.target) cannot be made")
            }
            return MountSpec(source: .generated(path: folder + "/socket"), target: mount.target)
        case .tmpfs(let size):
            return MountSpec(
                source: .tmpfs(size: size, mode: nil, options: ["exec", "dev"]), target: mount.target)
        }
    }

    private mutating func scratch(_ names: [String]) throws(EngineError) -> String {
        count += 1
        let folder = "\(directory)/mounts/\(count)"
        do throws(Errno) {
            for name in names { try Files.makeDirectories("\(folder)/\(name)", mode: 0o755) }
        } catch {
            throw EngineError(error, subject, doing: "a directory for its mounts cannot be made")
        }
        return folder
    }
}
