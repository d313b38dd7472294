/// Where a namespace of a container comes from (namespaces(7)).
public enum NamespaceMode: Codable, Sendable, Hashable {
    /// One of its own.
    case own
    /// The host's.
    case host
    /// The one of the running container with this id.
    case container(String)
}

/// Where each of the container's namespaces comes from.
public struct NamespaceSpec: Codable, Sendable, Hashable {
    public var pid = NamespaceMode.own
    public var ipc = NamespaceMode.own
    public var uts = NamespaceMode.own
    public var network = NamespaceMode.own
    public var cgroup = NamespaceMode.own

    public init() {}
}
