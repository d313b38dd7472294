internal import CLinux
internal import EngineModel
internal import Glibc
internal import ImageBuilder
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import Supervisor
internal import SystemPackage

/// Places for mounts that the image does not have.
///
/// They are given as a lowest layer of the container's root: so they are there without anything being written to the
/// layer in the making. Where a layer hides them (it deleted the place) the launch makes them after all; those are
/// removed again.
struct MountStubs {
    static let networkFiles = ["hosts", "hostname", "resolv.conf"]

    private struct Stub {
        /// Real path of the directory that exists, below the root, without a first slash; empty is the root.
        var parent: String
        /// What is missing below it.
        var missing: [String]
        var isDirectory: Bool
        /// Of the parent, before the program ran.
        var access: timespec
        var modification: timespec
    }

    private var stubs: [Stub] = []
    /// When the container was about to start.
    private let begin: timespec

    /// Looks which places `process` needs and its layers do not have.
    init(_ process: BuildProcess, subject: String) throws(EngineError) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        begin = now
        let root = try Self.view(of: process)
        do throws(Errno) {
            for (target, isDirectory) in Self.targets(of: process) {
                if let stub = try Self.stub(at: target, isDirectory, in: root) { stubs.append(stub) }
            }
        } catch {
            throw EngineError(error, subject, doing: "its layers cannot be read")
        }
    }

    private static func view(of process: BuildProcess) throws(EngineError) -> Descriptor {
        let isUntouched = (try? Files.list(process.upper))?.isEmpty ?? false
        return try Overlay(layers: isUntouched ? process.layers : [process.upper] + process.layers).openRoot()
    }

    private static func targets(of process: BuildProcess) -> [(String, isDirectory: Bool)] {
        var targets: [(String, isDirectory: Bool)] = [("/proc", true), ("/dev", true), ("/sys", true)]
        targets += networkFiles.map { ("/etc/\($0)", false) }
        for mount in process.mounts {
            let path = cleanPath("/" + mount.target)
            // A place inside another mount is made there.
            if targets.contains(where: { path == $0.0 || path.hasPrefix($0.0 + "/") }) { continue }
            targets.append((path, isDirectory(mount)))
        }
        return targets
    }

    private static func isDirectory(_ mount: BuildMount) -> Bool {
        switch mount.kind {
        case .secretFile, .socket: return false
        case .tmpfs: return true
        case .directory(let path, _):
            var status = stat()
            return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFDIR
        case .tree(let layers, let path, _):
            guard let root = try? Overlay(layers: layers).openRoot(),
                let place = try? root.open(at: path, O_PATH, resolve: [.inRoot, .noMagicLinks]),
                let status = try? place.status()
            else { return true }
            return status.st_mode & S_IFMT == S_IFDIR
        }
    }

    /// nil if there is something at `path`, even a link that leads nowhere.
    private static func stub(
        at path: String, _ isDirectory: Bool, in root: borrowing Descriptor
    ) throws(Errno) -> Stub? {
        let parts = path.split(separator: "/").map(String.init)
        var place = try root.open(at: ".", O_PATH | O_DIRECTORY, resolve: [.inRoot, .noMagicLinks])
        for index in parts.indices {
            var status = stat()
            if fstatat(place.raw, parts[index], &status, AT_SYMLINK_NOFOLLOW) != 0 {
                guard errno == ENOENT else { throw Errno(rawValue: errno) }
                let parent = try place.status()
                return Stub(
                    parent: try realPath(of: place, below: root), missing: Array(parts[index...]),
                    isDirectory: isDirectory, access: parent.st_atim, modification: parent.st_mtim)
            }
            if index == parts.count - 1 { return nil }
            let prefix = parts[...index].joined(separator: "/")
            do throws(Errno) {
                place = try root.open(at: prefix, O_PATH | O_DIRECTORY, resolve: [.inRoot, .noMagicLinks])
            } catch {
                // In the way is a file, or a link that leads nowhere: the launch will say so, or make what is missing.
                return nil
            }
        }
        return nil
    }

    private static func realPath(of place: borrowing Descriptor, below root: borrowing Descriptor) throws(Errno)
        -> String
    {
        func path(_ fd: Int32) throws(Errno) -> String {
            var buffer = [CChar](repeating: 0, count: 4096)
            let count = try systemCall { readlink("/proc/self/fd/\(fd)", &buffer, buffer.count) }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let (base, full) = (try path(root.raw), try path(place.raw))
        guard full.hasPrefix(base) else { throw .noSuchFileOrDirectory }
        return String(full.dropFirst(base.count).drop { $0 == "/" })
    }

    // MARK: The lowest layer

    /// Makes the layer at `path`; nil when nothing is missing.
    func make(in path: String, subject: String) throws(EngineError) -> String? {
        if stubs.isEmpty { return nil }
        do throws(Errno) {
            for stub in stubs {
                let folders = stub.isDirectory ? stub.missing : stub.missing.dropLast()
                var place = path + (stub.parent.isEmpty ? "" : "/" + stub.parent)
                try Files.makeDirectories(place, mode: 0o755)
                for name in folders {
                    place += "/" + name
                    try Files.makeDirectories(place, mode: 0o755)
                }
                guard !stub.isDirectory, let name = stub.missing.last else { continue }
                let file = try Descriptor.open(place + "/" + name, O_WRONLY | O_CREAT, mode: 0o644)
                _ = consume file
            }
            return path
        } catch {
            throw EngineError(error, subject, doing: "places for its mounts cannot be made")
        }
    }

    // MARK: Afterwards

    /// Removes what is left of places in the layer that was made, if it is empty.
    func removeLeft(in upper: String) {
        guard let root = try? Descriptor.open(upper, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return }
        for stub in stubs { removeLeft(stub, in: root) }
    }

    private func removeLeft(_ stub: Stub, in root: borrowing Descriptor) {
        for depth in stub.missing.indices.reversed() {
            let folder = ([stub.parent] + stub.missing[..<depth]).filter { !$0.isEmpty }.joined(separator: "/")
            guard
                let place = try? root.open(
                    at: folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY, resolve: [.beneath, .noSymlinks]),
                let before = try? place.status()
            else { continue }
            let name = stub.missing[depth]
            var status = stat()
            guard fstatat(place.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let isFile = depth == stub.missing.count - 1 && !stub.isDirectory
            let removed: Bool
            if isFile {
                guard status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 else { continue }
                removed = unlinkat(place.raw, name, 0) == 0
            } else {
                removed = status.st_mode & S_IFMT == S_IFDIR && unlinkat(place.raw, name, AT_REMOVEDIR) == 0
            }
            if removed, depth == 0 { restoreTimes(of: place, before, stub) }
        }
    }

    /// A time that the launch set becomes the one from before; a later one, which the program set, stays.
    private func restoreTimes(of place: borrowing Descriptor, _ now: stat, _ stub: Stub) {
        let launched = (now.st_mtim.tv_sec, now.st_mtim.tv_nsec) < (begin.tv_sec + 1, begin.tv_nsec)
        var times = launched ? [stub.access, stub.modification] : [now.st_atim, now.st_mtim]
        futimens(place.raw, &times)
    }
}
