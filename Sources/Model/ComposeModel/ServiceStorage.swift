public import Primitives

/// One mount of a service.
public struct ServiceVolume: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case bind, volume, tmpfs, npipe, cluster, image
    }

    public struct Bind: Sendable, Hashable {
        public var selinux: SELinuxLabel?
        public var propagation: MountPropagation?
        /// Make a missing source as a directory.
        public var createHostPath = false
        /// `enabled`, `disabled`, `writable`, `readonly`.
        public var recursive: String?
        public var extensions: Extensions = [:]

        public init() {}
    }

    public struct Volume: Sendable, Hashable {
        public var labels: [String: String] = [:]
        public var nocopy = false
        public var subpath: String?
        public var extensions: Extensions = [:]

        public init() {}
    }

    public struct Tmpfs: Sendable, Hashable {
        /// Bytes.
        public var size: Int64?
        public var mode: Int64?
        public var extensions: Extensions = [:]

        public init() {}
    }

    public struct Image: Sendable, Hashable {
        public var subpath: String?
        public var extensions: Extensions = [:]

        public init() {}
    }

    public var kind: Kind
    /// A key of the project's volumes, an absolute host path or an image; nil is an anonymous volume.
    public var source: String?
    /// Absolute path inside the container.
    public var target: String
    public var readOnly = false
    public var consistency: String?
    /// nil for a bind in long form without `bind`: the source is made when missing, as for the short form.
    public var bind: Bind?
    public var volume: Volume?
    public var tmpfs: Tmpfs?
    public var image: Image?
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
    public var uid: String?
    public var gid: String?
    /// Permission bits.
    public var mode: Int64?
    public var extensions: Extensions = [:]

    public init(source: String) {
        self.source = source
    }
}

/// A volume of the project.
public struct VolumeConfig: Sendable, Hashable {
    /// The name outside the project, `PROJECT_KEY` unless set.
    public var name: String?
    public var driver: String?
    public var driverOptions: [String: String] = [:]
    public var external = false
    public var labels: [String: String] = [:]
    public var extensions: Extensions = [:]

    public init() {}
}

/// Where the content of a secret or config comes from.
public struct FileObject: Sendable, Hashable {
    public var name: String?
    /// Absolute path.
    public var file: String?
    /// The project variable that holds the content.
    public var environment: String?
    /// The content: as written, or the variable's value when `environment` is set.
    public var content: String?
    public var external = false
    public var labels: [String: String] = [:]
    public var driver: String?
    public var driverOptions: [String: String] = [:]
    public var templateDriver: String?
    public var extensions: Extensions = [:]

    public init() {}
}

public typealias SecretConfig = FileObject
public typealias ConfigObject = FileObject
