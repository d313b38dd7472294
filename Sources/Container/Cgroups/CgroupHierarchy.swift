internal import Glibc
internal import LinuxSystem

/// One mounted tree of control groups: one of version 1 with some controllers, or the one of version 2.
public struct CgroupHierarchy: Sendable, Hashable {
    /// The two interfaces of cgroups(7).
    public enum Version: Sendable, Hashable {
        case v1
        case v2
    }

    /// Which interface the files have.
    public var version: Version
    /// Such as `/sys/fs/cgroup/memory`.
    public var mountPoint: String
    /// Names of the controllers, or `name=systemd` for a tree without any. Of version 2: what `cgroup.controllers` says.
    public var controllers: [String]

    public init(version: Version, mountPoint: String, controllers: [String]) {
        self.version = version
        self.mountPoint = mountPoint
        self.controllers = controllers
    }

    /// The last part of the mount point.
    public var name: String { String(mountPoint[mountPoint.index(after: mountPoint.lastIndex(of: "/")!)...]) }
}

/// The control groups of this host (cgroups(7)).
///
/// With version 1, and on hybrid hosts, a container is in one group of each tree; the group has the same path in all.
public struct CgroupHost: Sendable, Hashable {
    /// All that are mounted.
    public var hierarchies: [CgroupHierarchy]

    public init(hierarchies: [CgroupHierarchy]) {
        self.hierarchies = hierarchies
    }

    /// Whether resources are controlled by the tree of version 2.
    public var isUnified: Bool { !hierarchies.isEmpty && hierarchies.allSatisfy { $0.version == .v2 } }

    /// The tree of version 2; on hybrid hosts it has no controllers of interest but can kill and freeze.
    public var unified: CgroupHierarchy? { hierarchies.first { $0.version == .v2 } }

    /// The hierarchy of version 1 that has the controller; nil if none has.
    public func hierarchy(of controller: String) -> CgroupHierarchy? {
        hierarchies.first { $0.version == .v1 && $0.controllers.contains(controller) }
            ?? unified.flatMap { $0.controllers.contains(controller) ? $0 : nil }
    }

    /// Takes the calling process out of the groups it was started in, into the root of each tree: whoever ends a group
    /// with all that is in it, as systemd does with those of units and sessions, must not end what is to go on. Where that
    /// is not allowed, as in a container, it stays.
    public func leaveGroups() {
        for hierarchy in hierarchies { try? Files.write("0", to: "\(hierarchy.mountPoint)/cgroup.procs") }
    }

    /// What is mounted now.
    public static func detect() -> CgroupHost {
        parse(mountInfo: Files.text("/proc/self/mountinfo") ?? "") { Files.text("\($0)/cgroup.controllers") ?? "" }
    }

    /// From the text of `/proc/PID/mountinfo` (proc_pid_mountinfo(5)); `controllers` reads those of a version 2 tree.
    public static func parse(mountInfo: String, controllers: (String) -> String) -> CgroupHost {
        var found: [CgroupHierarchy] = []
        for line in mountInfo.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            guard let separator = fields.firstIndex(of: "-"), separator + 3 < fields.count, fields.count > 5 else {
                continue
            }
            let mountPoint = unescaped(fields[4])
            // The same tree may be mounted again elsewhere; below /sys/fs/cgroup it comes first.
            if fields[separator + 1] == "cgroup" {
                let known = fields[separator + 3].split(separator: ",").map(String.init)
                let names = known.filter { !["rw", "ro", "xattr", "clone_children", "noprefix"].contains($0) }
                    .filter { !$0.hasPrefix("release_agent=") }
                guard !names.isEmpty, !found.contains(where: { $0.controllers == names }) else { continue }
                found.append(CgroupHierarchy(version: .v1, mountPoint: mountPoint, controllers: names))
            } else if fields[separator + 1] == "cgroup2", !found.contains(where: { $0.version == .v2 }) {
                let names = controllers(mountPoint).split(whereSeparator: \.isWhitespace).map(String.init)
                found.append(CgroupHierarchy(version: .v2, mountPoint: mountPoint, controllers: names))
            }
        }
        return CgroupHost(hierarchies: found)
    }

    /// Mount points have space, tab, newline and backslash as three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
