internal import CLinux
internal import Glibc
public import SystemPackage

/// Something of the host that lies over a path of an overlay.
public struct OverlayAttachment: Sendable, Hashable {
    /// A directory or file of the host, with what is mounted below it.
    public var source: String
    /// A path in the source that is taken instead, links followed within; nil is the source itself.
    public var subpath: String?
    /// A path in the overlay, links followed within. Where it is missing it is made.
    public var target: String
    /// Nothing can be written there.
    public var readOnly: Bool

    public init(source: String, subpath: String? = nil, target: String, readOnly: Bool = false) {
        self.source = source
        self.subpath = subpath
        self.target = target
        self.readOnly = readOnly
    }
}

extension Overlay {
    /// `AT_RECURSIVE` of open_tree(2), which C's headers hide from Swift.
    private static let recursive: UInt32 = 0x8000

    /// As ``open()``, with these attached one after the other. What is attached is seen through the result alone.
    ///
    /// Needs changes, and the right to mount. Blocks.
    public func open(with attachments: [OverlayAttachment]) throws(Errno) -> Descriptor {
        guard !attachments.isEmpty else { return try open() }
        // Only a tree that has a place in a namespace takes mounts; a copy of it with all of them is what is opened.
        return try NamespaceThread.run(unsharing: CLONE_NEWNS, name: "overlay") { () throws(Errno) in
            let mount = try mounted(by: .asKernelAllows)
            try systemCall {
                clinux_move_mount(mount.raw, "", AT_FDCWD, layers[0], UInt32(MOVE_MOUNT_F_EMPTY_PATH))
            }
            let root = try mount.open(at: ".", O_RDONLY | O_DIRECTORY)
            for attachment in attachments { try attachment.attach(in: root) }
            let flags = UInt32(OPEN_TREE_CLONE) | Self.recursive | UInt32(O_CLOEXEC)
            let copy = Descriptor(owning: try systemCall { clinux_open_tree(AT_FDCWD, layers[0], flags) })
            return try copy.open(at: ".", O_RDONLY | O_DIRECTORY)
        }
    }
}

extension OverlayAttachment {
    fileprivate func attach(in root: borrowing Descriptor) throws(Errno) {
        var from = try Descriptor.open(source, O_PATH)
        if let subpath { from = try from.open(at: subpath, O_PATH, resolve: [.inRoot, .noMagicLinks]) }
        let isDirectory = try from.status().st_mode & S_IFMT == S_IFDIR
        let place = try Self.place(target, in: root, isDirectory: isDirectory)
        let (source, target) = ("/proc/self/fd/\(from.raw)", "/proc/self/fd/\(place.raw)")
        try systemCall { mount(source, target, nil, UInt(MS_BIND | MS_REC), nil) }
        guard readOnly else { return }
        // The place itself is below what lies there now.
        let top = try root.open(at: self.target, O_PATH, resolve: [.inRoot, .noMagicLinks])
        let flags = UInt(MS_BIND | MS_REMOUNT | MS_RDONLY)
        try systemCall { mount(nil, "/proc/self/fd/\(top.raw)", nil, flags, nil) }
    }

    private static func place(
        _ path: String, in root: borrowing Descriptor, isDirectory: Bool
    ) throws(Errno) -> Descriptor {
        let names = path.split(separator: "/")
        var found = try root.open(at: ".", O_PATH)
        for (index, name) in names.enumerated() {
            let prefix = names[...index].joined(separator: "/")
            do throws(Errno) {
                found = try root.open(at: prefix, O_PATH, resolve: [.inRoot, .noMagicLinks])
                continue
            } catch {
                guard error == .noSuchFileOrDirectory else { throw error }
            }
            if index < names.count - 1 || isDirectory {
                try systemCall { mkdirat(found.raw, String(name), 0o755) }
            } else {
                _ = try found.open(at: String(name), O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            }
            found = try root.open(at: prefix, O_PATH, resolve: [.inRoot, .noMagicLinks])
        }
        return found
    }
}
