internal import CLinux
internal import Glibc
public import SystemPackage

/// How an overlay is mounted.
package enum OverlayMethod: Sendable, CaseIterable {
    /// fsopen(2) where the kernel can, mount(2) where not.
    case asKernelAllows
    /// mount(2), which every kernel can.
    case mountCall
}

extension Overlay {
    /// Mounts it where nobody sees it and opens its root directory for reading. The mount is gone with the last
    /// descriptor of something in it. One layer alone that is only read is opened as it is.
    ///
    /// Needs the right to mount. Blocks.
    public func open() throws(Errno) -> Descriptor {
        try open(by: .asKernelAllows)
    }

    package func open(by method: OverlayMethod) throws(Errno) -> Descriptor {
        if changes == nil, layers.count == 1 { return try Descriptor.open(layers[0], O_RDONLY | O_DIRECTORY) }
        let mount = try mounted(by: method)
        return try mount.open(at: ".", O_RDONLY | O_DIRECTORY)
    }

    func mounted(by method: OverlayMethod) throws(Errno) -> Descriptor {
        if method == .mountCall { return try mountedInNamespace() }
        do throws(Errno) {
            return try newMount("overlay", options, changes == nil ? [.readOnly, .noSetuid, .noDevices] : [])
        } catch {
            guard error == .invalidArgument else { throw error }
            return try mountedInNamespace()
        }
    }

    /// Mounted with mount(2) on a thread with a mount namespace of its own, from where a copy of the mount is taken
    /// (open_tree(2)). The options have to fit into a page, so paths are named from the directory they all lie in.
    private func mountedInNamespace() throws(Errno) -> Descriptor {
        let start = commonDirectory
        let data = data { path in
            path.split(separator: "/").dropFirst(start.count).joined(separator: "/")
        }
        guard data.utf8.count < 4096 else { throw .argListTooLong }
        let directory = "/" + start.joined(separator: "/")
        return try NamespaceThread.run(unsharing: CLONE_NEWNS, name: "overlay") { () throws(Errno) in
            try mountAndCopy(data, from: directory)
        }
    }

    /// Covers the topmost layer, which only this thread sees covered.
    private func mountAndCopy(_ data: String, from directory: String) throws(Errno) -> Descriptor {
        let flags = changes == nil ? UInt(MS_RDONLY | MS_NOSUID | MS_NODEV) : 0
        try systemCall { chdir(directory) }
        try systemCall { mount("overlay", layers[0], "overlay", flags, data) }
        let copied = UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC)
        return Descriptor(owning: try systemCall { clinux_open_tree(AT_FDCWD, layers[0], copied) })
    }

    /// The components of the directory that all paths lie below.
    private var commonDirectory: [Substring] {
        let paths = layers + (changes.map { [$0.upper, $0.work] } ?? [])
        var common = layers[0].split(separator: "/").dropLast()
        for path in paths {
            let equal = zip(common, path.split(separator: "/").dropLast()).prefix { $0 == $1 }.count
            common = common.prefix(equal)
        }
        return Array(common)
    }
}
