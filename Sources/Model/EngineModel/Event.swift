public import Primitives

/// Something that happened to a container, network or volume. `action` is Docker's word: create, start, die, stop,
/// kill, destroy, restart, pause, unpause, rename, oom, health_status: healthy, exec_create …
public struct Event: Codable, Sendable, Hashable {
    /// When it happened.
    public var time: Instant
    /// `container`, `network` or `volume`.
    public var type: String
    /// What happened, in Docker's word.
    public var action: String
    /// A container's or network's id, a volume's name.
    public var id: String
    /// The container's labels, `name`, `image`, and what belongs to the action (`exitCode`, `signal`).
    public var attributes: [String: String]

    public init(time: Instant, type: String, action: String, id: String, attributes: [String: String]) {
        self.time = time
        self.type = type
        self.action = action
        self.id = id
        self.attributes = attributes
    }
}
