/// An entry of a tar archive. Names are bytes: nothing says that they are UTF-8.
public struct TarEntry: Sendable, Hashable {
    /// What an entry of an archive is.
    public enum Kind: Sendable, Hashable {
        case file
        case directory
        case symbolicLink(target: [UInt8])
        /// Another name of the entry with this path.
        case hardLink(target: [UInt8])
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
        case socket
    }

    /// As in the archive.
    public var path: [UInt8]
    /// What it is, with what belongs to that: a link's target, a device's numbers.
    public var kind: Kind
    /// Permission bits with set-id and sticky.
    public var mode: UInt32
    /// By number; names of users are not looked at.
    public var uid: UInt32
    /// By number.
    public var gid: UInt32
    /// Bytes of a file.
    public var size: Int64
    /// mtime, with the fraction of a second where a pax header has one.
    public var modified: TarTime
    /// Extended attributes, as pax headers have them.
    public var attributes: [ExtendedAttribute] = []

    public init(
        path: [UInt8], kind: Kind, mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0, size: Int64 = 0,
        modified: TarTime = TarTime(seconds: 0, nanoseconds: 0)
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.size = size
        self.modified = modified
    }

    /// The path for messages: control characters and what is not UTF-8 replaced, at most 200 bytes.
    public var printablePath: String { shown(path) }
}

/// A time of modification.
public struct TarTime: Sendable, Hashable {
    /// Since 1970; may be negative.
    public var seconds: Int64
    /// Of the second, 0 to 999999999.
    public var nanoseconds: Int64

    public init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

/// An extended attribute (xattr(7)).
public struct ExtendedAttribute: Sendable, Hashable {
    /// With its namespace, such as `security.capability`.
    public var name: String
    /// Bytes as lsetxattr(2) takes them.
    public var value: [UInt8]

    public init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

func shown(_ bytes: [UInt8]) -> String {
    let visible = bytes.prefix(200).map { $0 < 0x20 || $0 == 0x7f ? 0x3f : $0 }
    return String(decoding: visible, as: UTF8.self)
}
