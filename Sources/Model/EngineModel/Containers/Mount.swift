public import Primitives

/// Something mounted in a container.
public struct Mount: Codable, Sendable, Hashable {
    /// What is mounted.
    public enum Kind: Codable, Sendable, Hashable {
        /// `createHostPath` makes a missing source as a directory; else it is an error.
        case bind(
            source: String, createHostPath: Bool, propagation: MountPropagation?, recursive: String?,
            selinux: SELinuxLabel?)
        /// A named volume that exists.
        case volume(name: String, noCopy: Bool, subpath: String?)
        /// A new volume without a name, filled from the image.
        case anonymousVolume(noCopy: Bool)
        case tmpfs(size: UInt64?, mode: UInt32?, options: [String])
        /// What an image that is on this host holds, or a directory or file of it; never written to.
        case image(reference: String, subpath: String?)
    }

    /// What is mounted.
    public var kind: Kind
    /// Absolute path inside the container.
    public var target: String
    /// `ro` of the mount itself: what it shows may be written to elsewhere.
    public var readOnly: Bool

    public init(kind: Kind, target: String, readOnly: Bool = false) {
        self.kind = kind
        self.target = target
        self.readOnly = readOnly
    }
}

/// Something mounted in a container, as it was made.
public struct MountPoint: Codable, Sendable, Hashable {
    /// `bind`, `volume`, `tmpfs` or `image`.
    public var type: String
    /// The volume's name, the image's id; empty for others.
    public var name: String
    /// Host path, or how the image is called; empty for tmpfs.
    public var source: String
    /// Absolute path inside the container.
    public var target: String
    /// As it was asked for.
    public var readOnly: Bool
    /// Made for this container alone and removed with it on `removeContainer(volumes: true)`.
    public var anonymous: Bool

    public init(type: String, name: String, source: String, target: String, readOnly: Bool, anonymous: Bool) {
        self.type = type
        self.name = name
        self.source = source
        self.target = target
        self.readOnly = readOnly
        self.anonymous = anonymous
    }
}

/// A file whose content the caller gives.
public struct InjectedFile: Codable, Sendable, Hashable {
    /// Absolute path inside the container.
    public var target: String
    /// Written as UTF-8, as it is.
    public var content: String
    /// Permission bits.
    public var mode: UInt32
    /// Owner, by number in the container.
    public var uid: UInt32
    /// Group, by number in the container.
    public var gid: UInt32

    public init(target: String, content: String, mode: UInt32 = 0o444, uid: UInt32 = 0, gid: UInt32 = 0) {
        self.target = target
        self.content = content
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }
}
