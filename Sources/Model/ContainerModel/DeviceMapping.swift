/// A device node of the host, or a directory of them, made visible in the container (Compose `devices`).
public struct DeviceMapping: Sendable, Hashable {
    /// On the host.
    public var source: String
    /// In the container.
    public var target: String
    /// Any of `r`, `w`, `m`.
    public var permissions: String
    /// Permission bits of the node in the container; nil are those of the host's.
    public var fileMode: UInt32?
    /// Owner of the node in the container; nil is that of the host's.
    public var userID: UInt32?
    /// Group of the node in the container; nil is that of the host's.
    public var groupID: UInt32?

    public init(source: String, target: String, permissions: String = "rwm") {
        self.source = source
        self.target = target
        self.permissions = permissions
    }
}

extension DeviceMapping: Codable {
    private enum Key: String, CodingKey {
        case source, target, permissions, fileMode, userID, groupID
        /// As specifications were recorded before 0.2.
        case hostPath, containerPath
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let isOld = container.contains(.hostPath)
        source = try container.decode(String.self, forKey: isOld ? .hostPath : .source)
        target = try container.decode(String.self, forKey: isOld ? .containerPath : .target)
        permissions = try container.decode(String.self, forKey: .permissions)
        fileMode = try container.decodeIfPresent(UInt32.self, forKey: .fileMode)
        userID = try container.decodeIfPresent(UInt32.self, forKey: .userID)
        groupID = try container.decodeIfPresent(UInt32.self, forKey: .groupID)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(source, forKey: .source)
        try container.encode(target, forKey: .target)
        try container.encode(permissions, forKey: .permissions)
        try container.encodeIfPresent(fileMode, forKey: .fileMode)
        try container.encodeIfPresent(userID, forKey: .userID)
        try container.encodeIfPresent(groupID, forKey: .groupID)
    }
}
