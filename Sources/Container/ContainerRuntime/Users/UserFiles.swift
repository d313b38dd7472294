internal import CLinux
internal import ContainerModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The passwd and group files of a container, read without trusting its tree.
enum UserFiles {
    /// A bigger file is an error: nobody has that many users.
    private static let limit = 10 << 20

    /// Of a container that does not run yet: from its layers as the overlay will show them.
    static func lookup(in root: RootFilesystem) throws(RuntimeError) -> UserLookup {
        let layers = root.snapshot.layers
        if let passwd = try search("passwd", in: layers), let group = try search("group", in: layers) {
            return UserLookup(passwd: passwd, group: group)
        }
        // Links between layers: only the overlay itself knows what they lead to.
        let merged = try open(root.snapshot)
        return UserLookup(
            passwd: try read("etc/passwd", in: merged, resolve: .inRoot) ?? "",
            group: try read("etc/group", in: merged, resolve: .inRoot) ?? "")
    }

    /// Of a running container, through its process 1.
    static func lookup(of process: ProcessIdentity) throws(RuntimeError) -> UserLookup {
        let root = try openRoot(of: process)
        return UserLookup(
            passwd: try read("etc/passwd", in: root, resolve: .inRoot) ?? "",
            group: try read("etc/group", in: root, resolve: .inRoot) ?? "")
    }

    private static func openRoot(of process: ProcessIdentity) throws(RuntimeError) -> Descriptor {
        do throws(Errno) {
            let pidfd = try process.openPidfd()
            let root = try Descriptor.open("/proc/\(process.pid)/root", O_PATH | O_DIRECTORY)
            // Still the same process: then that was its root.
            try systemCall { clinux_pidfd_send_signal(pidfd.raw, 0) }
            return root
        } catch {
            throw RuntimeError(.gone, step: "enter the container", cause: error)
        }
    }

    /// The file's text, empty if no layer has it; nil when a link or a special case is in the way.
    private static func search(_ name: String, in layers: [String]) throws(RuntimeError) -> String? {
        for layer in layers {
            guard let directory = try? Descriptor.open(layer, O_PATH | O_DIRECTORY) else { return nil }
            var status = stat()
            if fstatat(directory.raw, "etc", &status, AT_SYMLINK_NOFOLLOW) != 0 {
                if errno == ENOENT { continue }
                return nil
            }
            guard status.st_mode & S_IFMT == S_IFDIR else { return nil }
            do throws(Errno) {
                let file = try directory.open(
                    at: "etc/\(name)", O_RDONLY | O_NONBLOCK | O_NOFOLLOW, resolve: [.beneath, .noSymlinks])
                return try text(of: file, path: "etc/\(name)")
            } catch {
                guard error == .noSuchFileOrDirectory else { return nil }
            }
            // An opaque directory hides the layers below: the overlay shall say.
            guard let etc = try? directory.open(at: "etc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return nil }
            if fgetxattr(etc.raw, "trusted.overlay.opaque", nil, 0) >= 0 { return nil }
        }
        return ""
    }

    private static func read(
        _ path: String, in root: borrowing Descriptor, resolve: PathResolution
    ) throws(RuntimeError) -> String? {
        let file: Descriptor
        do throws(Errno) {
            file = try root.open(at: path, O_RDONLY | O_NONBLOCK, resolve: [resolve, .noMagicLinks])
        } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw RuntimeError(.system, step: "read /\(path) of the container", cause: error)
        }
        do throws(Errno) {
            return try text(of: file, path: path)
        } catch {
            let reason = error == .fileTooLarge ? "it is larger than 10 MiB" : "it is not a regular file"
            throw RuntimeError(.invalid, step: "read /\(path) of the container", reason: reason)
        }
    }

    /// EFBIG when too large, EINVAL when not a regular file.
    private static func text(of file: borrowing Descriptor, path: String) throws(Errno) -> String {
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        guard status.st_size <= limit else { throw .fileTooLarge }
        return String(decoding: try file.readAll(limit: limit), as: UTF8.self)
    }

    private static func open(_ snapshot: Overlay) throws(RuntimeError) -> Descriptor {
        do throws(Errno) {
            return try snapshot.open()
        } catch {
            throw RuntimeError(.system, step: "look into the image", cause: error)
        }
    }
}
