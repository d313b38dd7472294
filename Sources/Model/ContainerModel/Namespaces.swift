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
    /// Process ids (pid_namespaces(7), Compose `pid`).
    public var pid = NamespaceMode.own
    /// System V IPC, POSIX message queues, and with them `/dev/shm` (ipc_namespaces(7), Compose `ipc`).
    public var ipc = NamespaceMode.own
    /// There is no `/dev/shm` (Compose `ipc: none`); nil is false.
    public var hasNoSharedMemory: Bool?
    /// Host and domain name (uts_namespaces(7), Compose `uts`).
    public var uts = NamespaceMode.own
    /// Interfaces, addresses, routes and ports (network_namespaces(7), Compose `network_mode`).
    public var network = NamespaceMode.own
    /// The view of the control groups (cgroup_namespaces(7), Compose `cgroup`).
    public var cgroup = NamespaceMode.own

    public init() {}
}
