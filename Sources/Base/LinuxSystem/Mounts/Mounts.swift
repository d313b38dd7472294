internal import CLinux
internal import Glibc
public import SystemPackage

/// `key` or `key=value` of a file system.
public struct MountOption: Sendable, Hashable, CustomStringConvertible {
    /// As fsconfig(2) takes it, such as `lowerdir` or `size`.
    public var key: String
    /// Empty for an option that is a name alone.
    public var value: String

    public init(_ key: String, _ value: String = "") {
        self.key = key
        self.value = value
    }

    /// As C takes them: each text with a final zero byte.
    public static func encode(_ options: [MountOption]) -> [UInt8] {
        var bytes: [UInt8] = []
        for option in options { bytes += Array(option.key.utf8) + [0] + Array(option.value.utf8) + [0] }
        return bytes
    }

    public var description: String { value.isEmpty ? key : "\(key)=\(value)" }
}

/// Flags of a mount (`MOUNT_ATTR_…`, mount_setattr(2)).
public struct MountAttributes: OptionSet, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// `ro`: nothing is written through this mount, whatever the file system allows.
    public static let readOnly = MountAttributes(rawValue: 0x1)
    /// `nosuid`: set-id bits and file capabilities have no effect.
    public static let noSetuid = MountAttributes(rawValue: 0x2)
    /// `nodev`: device nodes cannot be opened.
    public static let noDevices = MountAttributes(rawValue: 0x4)
    /// `noexec`: programs cannot be executed.
    public static let noExecute = MountAttributes(rawValue: 0x8)
    /// `noatime`: reading does not change times of access.
    public static let noAccessTime = MountAttributes(rawValue: 0x10)
    /// `strictatime`: each read changes the time of access; `relatime` is the kernel's default.
    public static let strictAccessTime = MountAttributes(rawValue: 0x20)
    /// `nodiratime`: as `noatime`, for directories only.
    public static let noDirectoryAccessTime = MountAttributes(rawValue: 0x80)

    /// All of the field that says when times of access change (`MOUNT_ATTR__ATIME`).
    public static let accessTimes = MountAttributes(rawValue: 0x70)

    private static let names: [(MountAttributes, String)] = [
        (.readOnly, "ro"), (.noSetuid, "nosuid"), (.noDevices, "nodev"), (.noExecute, "noexec"),
        (.noAccessTime, "noatime"), (.strictAccessTime, "strictatime"), (.noDirectoryAccessTime, "nodiratime"),
    ]

    public var description: String { Self.names.filter { contains($0.0) }.map(\.1).joined(separator: ",") }
}

/// Shows a mount that is attached nowhere at `path`, for as long as it is not unmounted.
public func attachMount(_ mount: borrowing Descriptor, at path: String) throws(Errno) {
    // MOVE_MOUNT_F_EMPTY_PATH
    try systemCall { clinux_move_mount(mount.raw, "", AT_FDCWD, path, 4) }
}

/// Takes the topmost mount off `path`; who has files open there keeps them. false if nothing is mounted there.
@discardableResult
public func unmount(_ path: String) throws(Errno) -> Bool {
    if clinux_unmount(path) == 0 { return true }
    let error = Errno(rawValue: errno)
    if error == .invalidArgument || error == .noSuchFileOrDirectory { return false }
    throw error
}

/// A new file system that is attached nowhere: usable through its descriptor until that is closed.
public func newMount(
    _ type: String, _ options: [MountOption], _ attributes: MountAttributes = []
) throws(Errno) -> Descriptor {
    let bytes = MountOption.encode(options)
    return Descriptor(
        owning: try systemCall {
            bytes.withUnsafeBytes {
                clinux_new_mount(
                    type, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, UInt32(attributes.rawValue))
            }
        })
}
