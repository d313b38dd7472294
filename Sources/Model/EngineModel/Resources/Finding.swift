/// Something on this host that does not fit to the record.
public struct Finding: Sendable, Hashable {
    /// What it is, in the words that `doctor` shows.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case containerDirectory = "container directory"
        case controlGroup = "control group"
        case volumeDirectory = "volume directory"
        case removedVolume = "removed volume"
        case volume
        case network
        case temporaryDirectory = "temporary directory"
        case projectDirectory = "project directory"
        case image

        /// Nobody can want it back: it is removed by the next supervisor that starts and by `system prune`.
        public var isRemoved: Bool {
            switch self {
            case .containerDirectory, .controlGroup, .removedVolume, .network, .temporaryDirectory, .projectDirectory:
                true
            case .volumeDirectory, .volume, .image: false
            }
        }
    }

    /// What it is.
    public var kind: Kind
    /// Its id or name.
    public var name: String
    /// Where it lies: a path, or the name of an interface.
    public var place: String
    /// Why it does not fit, for people.
    public var reason: String

    public init(_ kind: Kind, _ name: String, at place: String, _ reason: String) {
        self.kind = kind
        self.name = name
        self.place = place
        self.reason = reason
    }
}
