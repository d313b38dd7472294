internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Supervisor
internal import SystemPackage

/// A container's root directory, open, with paths resolved as the container would: nothing leads out of it.
struct ContainerRoot: ~Copyable {
    let directory: Descriptor
    /// The container's, for messages.
    private let container: String

    /// The root of a running container as it sees it; else its layers with its volumes and binds, writable.
    init(_ record: ContainerRecord, _ spec: ContainerSpec) throws(EngineError) {
        container = record.name
        do throws(Errno) {
            if record.container.isRunning, let process = record.process {
                let opened = try Descriptor.open("/proc/\(process.pid)/root", O_RDONLY | O_DIRECTORY)
                // The number may have gone to another process before the directory was opened, but not after this.
                if !process.isAlive { throw .noSuchProcess }
                directory = opened
            } else {
                directory = try spec.root.overlay.open(with: spec.mounts.compactMap(OverlayAttachment.init))
            }
        } catch {
            throw EngineError(error, "container \(record.name)", doing: "its root cannot be opened")
        }
    }

    /// What the image and the container wrote, read-only, without anything mounted.
    init(layersOf record: ContainerRecord, _ spec: ContainerSpec) throws(EngineError) {
        container = record.name
        do throws(Errno) {
            directory = try spec.root.snapshot.open()
        } catch {
            throw EngineError(error, "container \(record.name)", doing: "its layers cannot be opened")
        }
    }

    /// Opens a path inside; its last component is followed too unless `flags` forbid it.
    func open(_ path: String, _ flags: Int32) throws(Errno) -> Descriptor {
        try directory.open(at: path, flags, resolve: [.inRoot, .noMagicLinks])
    }

    func openDirectory(_ path: String) throws(EngineError) -> Descriptor {
        do throws(Errno) {
            return try open(path, O_RDONLY | O_DIRECTORY)
        } catch {
            throw EngineError(error, "container \(container)", doing: "\(path) cannot be opened as a directory")
        }
    }

    /// Where a link leads to inside the container; the path itself if it is none or leads nowhere.
    func destination(of path: String) -> String {
        guard let opened = try? open(path, O_PATH), let root = Self.place(of: directory),
            let place = Self.place(of: opened)
        else { return path }
        if root == "/" { return place }
        return place.hasPrefix(root + "/") ? String(place.dropFirst(root.count)) : path
    }

    /// The path that the kernel shows for an open file.
    private static func place(of descriptor: borrowing Descriptor) -> String? {
        let link = "/proc/self/fd/\(descriptor.raw)"
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

extension OverlayAttachment {
    /// What of a container's mounts has its content while the container does not run; nil for the others.
    init?(_ mount: MountSpec) {
        switch mount.source {
        case .bind(let path, _, _, _) where Files.exists(path):
            self.init(source: path, target: mount.target, readOnly: mount.readOnly)
        case .volume(_, let path, let subpath):
            self.init(source: path, subpath: subpath, target: mount.target, readOnly: mount.readOnly)
        case .bind, .generated, .tmpfs, .tree, .secret: return nil
        }
    }
}

/// A path inside a container, split for opening the directory first.
struct ContainerPath: Equatable {
    var parent: String
    var name: String

    init(_ path: String) {
        let parts = path.split(separator: "/")
        name = parts.last.map(String.init) ?? "."
        parent = "/" + parts.dropLast().joined(separator: "/")
    }
}
