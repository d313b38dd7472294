public import ContainerModel

/// What a device changes in a container (`containerEdits` of the CDI specification).
public struct ContainerEdits: Sendable, Hashable {
    /// A device node.
    public struct DeviceNode: Sendable, Hashable {
        /// In the container.
        public var path: String
        /// On the host; nil is ``path``.
        public var hostPath: String?
        /// Some of `rwm`.
        public var permissions = "rwm"
        /// Permission bits in the container; nil are those of the host's node.
        public var fileMode: UInt32?
        /// Owner in the container; nil is that of the host's node.
        public var userID: UInt32?
        /// Group in the container; nil is that of the host's node.
        public var groupID: UInt32?

        public init(path: String) {
            self.path = path
        }
    }

    /// A file or directory of the host that the container sees.
    public struct Mount: Sendable, Hashable {
        /// On the host.
        public var hostPath: String
        /// In the container.
        public var containerPath: String
        /// Nothing can be written through it (`ro`).
        public var readOnly = false

        public init(hostPath: String, containerPath: String) {
            self.hostPath = hostPath
            self.containerPath = containerPath
        }
    }

    /// `NAME=VALUE`.
    public var environment: [String] = []
    /// Device nodes.
    public var deviceNodes: [DeviceNode] = []
    /// Mounts besides the container's own.
    public var mounts: [Mount] = []
    /// Programs that run while the container is made.
    public var hooks: [HookSpec] = []
    /// Groups that its process is in besides its own.
    public var additionalGroups: [UInt32] = []

    public init() {}

    mutating func add(_ other: ContainerEdits) {
        environment += other.environment
        deviceNodes += other.deviceNodes
        mounts += other.mounts
        hooks += other.hooks
        additionalGroups += other.additionalGroups
    }

    /// Makes the changes. Variables that the container sets itself are replaced, as in the OCI runtime specification's
    /// reference library for CDI.
    public func apply(to spec: inout ContainerSpec) {
        for variable in environment {
            let name = variable.prefix { $0 != "=" } + "="
            spec.process.environment.removeAll { $0.hasPrefix(name) }
            spec.process.environment.append(variable)
        }
        for node in deviceNodes where !spec.devices.contains(where: { $0.target == node.path }) {
            var device = DeviceMapping(
                source: node.hostPath ?? node.path, target: node.path, permissions: node.permissions)
            device.fileMode = node.fileMode
            device.userID = node.userID
            device.groupID = node.groupID
            spec.devices.append(device)
        }
        for mount in mounts {
            spec.mounts.removeAll { $0.target == mount.containerPath }
            spec.mounts.append(
                MountSpec(
                    source: .bind(path: mount.hostPath, createIfMissing: false, propagation: nil, recursive: true),
                    target: mount.containerPath, readOnly: mount.readOnly))
        }
        if !hooks.isEmpty { spec.hooks = (spec.hooks ?? []) + hooks }
        for group in additionalGroups where !spec.process.additionalGroups.contains("\(group)") {
            spec.process.additionalGroups.append("\(group)")
        }
    }
}
