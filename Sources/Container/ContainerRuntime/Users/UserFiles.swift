internal import CLinux
internal import ContainerModel
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Finds out who a container's process is, from the container's passwd and group files, without trusting its tree.
enum UserFiles {
    private struct Key: Hashable {
        let passwd: AccountFile.Version?
        let group: AccountFile.Version?
        let specification: String
        let additional: [String]
    }

    /// What was found in files that may not have changed since: health checks ask again and again.
    private static let known = Mutex<[Key: UserIdentity]>([:])

    /// In a container that does not run yet: in its layers as the overlay will show them.
    static func identity(
        of specification: String, additional: [String], in root: RootFilesystem
    ) throws(RuntimeError) -> UserIdentity {
        let layers = root.snapshot.layers
        if let passwd = search("passwd", in: layers), let group = search("group", in: layers) {
            return try identity(of: specification, additional: additional, passwd, group)
        }
        // Links between layers: only the overlay itself knows what they lead to.
        return try identity(of: specification, additional: additional, below: try open(root.snapshot))
    }

    /// In a running container, through its process 1.
    static func identity(
        of specification: String, additional: [String], in process: ProcessIdentity
    ) throws(RuntimeError) -> UserIdentity {
        try identity(of: specification, additional: additional, below: try openRoot(of: process))
    }

    private static func identity(
        of specification: String, additional: [String], below root: borrowing Descriptor
    ) throws(RuntimeError) -> UserIdentity {
        let passwd: AccountFile
        let group: AccountFile
        do throws(Errno) {
            passwd = try AccountFile.open("etc/passwd", in: root)
            group = try AccountFile.open("etc/group", in: root)
        } catch {
            throw unreadable(error)
        }
        return try identity(of: specification, additional: additional, passwd, group)
    }

    private static func identity(
        of specification: String, additional: [String], _ passwd: AccountFile, _ group: AccountFile
    ) throws(RuntimeError) -> UserIdentity {
        let key = Key(
            passwd: passwd.version, group: group.version, specification: specification, additional: additional)
        if let identity = known.withLock({ $0[key] }) { return identity }
        var search = try UserSearch(specification, additional: additional)
        search.passwdTrouble = passwd.trouble
        search.groupTrouble = group.trouble
        do throws(Errno) {
            try passwd.forEachLine { search.readPasswd($0) }
            try group.forEachLine { search.readGroup($0) }
        } catch {
            throw unreadable(error)
        }
        let identity = try search.identity()
        known.withLock {
            if $0.count >= 64 { $0 = [:] }
            $0[key] = identity
        }
        return identity
    }

    private static func unreadable(_ error: Errno) -> RuntimeError {
        RuntimeError(.system, step: "read /etc/passwd and /etc/group of the container", cause: error)
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

    /// The file, or that no layer has it; nil when a link or a special case is in the way.
    private static func search(_ name: String, in layers: [String]) -> AccountFile? {
        for layer in layers {
            guard let directory = try? Descriptor.open(layer, O_PATH | O_DIRECTORY) else { return nil }
            var status = stat()
            if fstatat(directory.raw, "etc", &status, AT_SYMLINK_NOFOLLOW) != 0 {
                if errno == ENOENT { continue }
                return nil
            }
            guard status.st_mode & S_IFMT == S_IFDIR else { return nil }
            do throws(Errno) {
                return try AccountFile.open("etc/\(name)", inLayer: directory)
            } catch {
                guard error == .noSuchFileOrDirectory else { return nil }
            }
            // An opaque directory hides the layers below: the overlay shall say.
            guard let etc = try? directory.open(at: "etc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return nil }
            if fgetxattr(etc.raw, "trusted.overlay.opaque", nil, 0) >= 0 { return nil }
        }
        return .missing
    }

    private static func open(_ snapshot: Overlay) throws(RuntimeError) -> Descriptor {
        do throws(Errno) {
            return try snapshot.open()
        } catch {
            throw RuntimeError(.system, step: "look into the image", cause: error)
        }
    }
}
