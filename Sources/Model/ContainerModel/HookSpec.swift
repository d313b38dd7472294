/// A program that takes part in the making of a container (OCI runtime specification, "POSIX-platform Hooks").
public struct HookSpec: Codable, Sendable, Hashable {
    /// When and where it runs.
    public enum Moment: String, Codable, Sendable, Hashable {
        /// The host's program, in the container's namespaces, before the root changes: it finds the container's root at
        /// the path that the bundle's `config.json` names.
        case createContainer
        /// The container's program, in the container, before its own program is executed.
        case startContainer
    }

    /// When and where it runs.
    public var moment: Moment
    /// Absolute: of the host's file for ``Moment/createContainer``, else of the container's.
    public var path: String
    /// argv, its name included; empty is the path alone.
    public var arguments: [String] = []
    /// `NAME=VALUE`: its whole environment.
    public var environment: [String] = []
    /// It is killed after so long, and the start has failed.
    public var timeoutSeconds = 10

    public init(_ moment: Moment, path: String) {
        self.moment = moment
        self.path = path
    }
}
