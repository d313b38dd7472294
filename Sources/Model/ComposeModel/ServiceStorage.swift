public import Primitives

/// One mount of a service.
public struct ServiceVolume: Sendable, Hashable {
    /// `type`.
    public enum Kind: String, Sendable, Hashable {
        case bind, volume, tmpfs, npipe, cluster, image
    }

    /// `bind`.
    public struct Bind: Sendable, Hashable {
        /// Relabels the files: shared with others, or private.
        public var selinux: SELinuxLabel?
        /// `rprivate`, `rshared`, `rslave`, `private`, `shared`, `slave`.
        public var propagation: MountPropagation?
        /// Make a missing source as a directory.
        public var createHostPath = false
        /// `enabled`, `disabled`, `writable`, `readonly`.
        public var recursive: String?
        /// The object's `x-…` attributes.
        public var extensions: Extensions = [:]

        public init() {}
    }

    /// `volume`.
    public struct Volume: Sendable, Hashable {
        /// Labels of the volume that is made.
        public var labels: [String: String] = [:]
        /// A new volume stays empty instead of being filled from the image.
        public var nocopy = false
        /// A path inside, instead of the whole.
        public var subpath: String?
        /// The object's `x-…` attributes.
        public var extensions: Extensions = [:]

        public init() {}
    }

    /// `tmpfs`.
    public struct Tmpfs: Sendable, Hashable {
        /// Bytes.
        public var size: Int64?
        /// Permission bits.
        public var mode: Int64?
        /// The object's `x-…` attributes.
        public var extensions: Extensions = [:]

        public init() {}
    }

    /// `image`.
    public struct Image: Sendable, Hashable {
        /// A path inside, instead of the whole.
        public var subpath: String?
        /// The object's `x-…` attributes.
        public var extensions: Extensions = [:]

        public init() {}
    }

    /// What is mounted.
    public var kind: Kind
    /// A key of the project's volumes, an absolute host path or an image; nil is an anonymous volume.
    public var source: String?
    /// Absolute path inside the container.
    public var target: String
    /// It cannot be written.
    public var readOnly = false
    /// A hint for other systems.
    public var consistency: String?
    /// nil for a bind in long form without `bind`: the source is made when missing, as for the short form.
    public var bind: Bind?
    /// What only volumes have.
    public var volume: Volume?
    /// What only tmpfs has.
    public var tmpfs: Tmpfs?
    /// What only images have.
    public var image: Image?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init(kind: Kind, source: String?, target: String) {
        self.kind = kind
        self.source = source
        self.target = target
    }

    /// The mount that a short form stands for. A host path is taken as it is spelled.
    public init(_ mapping: VolumeMapping) {
        switch mapping.source {
        case .anonymous: self.init(kind: .volume, source: nil, target: mapping.target)
        case .volume(let name): self.init(kind: .volume, source: name, target: mapping.target)
        case .path(let path): self.init(kind: .bind, source: path, target: mapping.target)
        }
        readOnly = mapping.readOnly
        if mapping.isBind || mapping.propagation != nil || mapping.selinux != nil {
            var bind = Bind()
            bind.propagation = mapping.propagation
            bind.selinux = mapping.selinux
            bind.createHostPath = mapping.isBind
            self.bind = bind
        }
        if mapping.noCopy {
            volume = Volume()
            volume?.nocopy = true
        }
    }

    /// Whether a missing source of a bind is made as a directory.
    public var createsHostPath: Bool { bind?.createHostPath ?? true }
}

/// A secret or config as a service uses it.
public struct FileReference: Sendable, Hashable {
    /// Key of the project's secrets or configs.
    public var source: String
    /// Path inside the container; nil is the default place (`/run/secrets/SOURCE`, `/SOURCE`).
    public var target: String?
    /// The file's owner; nil is 0.
    public var uid: String?
    /// The file's group; nil is 0.
    public var gid: String?
    /// Permission bits.
    public var mode: Int64?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init(source: String) {
        self.source = source
    }
}

/// A volume of the project.
public struct VolumeConfig: Sendable, Hashable {
    /// The name outside the project, `PROJECT_KEY` unless set.
    public var name: String?
    /// The driver; nil is `local`.
    public var driver: String?
    /// `driver_opts`.
    public var driverOptions: [String: String] = [:]
    /// Made by somebody else; only looked up.
    public var external = false
    /// Its labels.
    public var labels: [String: String] = [:]
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// Where the content of a secret or config comes from.
public struct FileObject: Sendable, Hashable {
    /// The name outside the project.
    public var name: String?
    /// Absolute path.
    public var file: String?
    /// The project variable that holds the content.
    public var environment: String?
    /// The content: as written, or the variable's value when `environment` is set.
    public var content: String?
    /// Made by somebody else; only looked up.
    public var external = false
    /// Its labels.
    public var labels: [String: String] = [:]
    /// The driver; nil is `local`.
    public var driver: String?
    /// `driver_opts`.
    public var driverOptions: [String: String] = [:]
    /// `template_driver`, in a swarm.
    public var templateDriver: String?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// A secret of the project.
public typealias SecretConfig = FileObject
/// A config of the project.
public typealias ConfigObject = FileObject
