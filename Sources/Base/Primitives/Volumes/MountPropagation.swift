/// How mounts below a bind pass between host and container, mount_namespaces(7); with `r` also those of its submounts.
public enum MountPropagation: String, CaseIterable, Sendable, Hashable {
    case `private`, rprivate, shared, rshared, slave, rslave

    /// Whether mounts made in the container appear on the host.
    public var isShared: Bool { self == .shared || self == .rshared }
}

extension MountPropagation: Codable {
    /// Earlier versions recorded texts before they looked at them. Of such a container, which could not start, the
    /// record must stay readable.
    public init(from decoder: any Decoder) throws {
        self = Self(rawValue: try decoder.singleValueContainer().decode(String.self)) ?? .rprivate
    }
}

/// Who may use a directory on hosts with SELinux.
public enum SELinuxLabel: String, Codable, Sendable, Hashable {
    /// All containers.
    case shared = "z"
    /// This one alone.
    case `private` = "Z"
}
