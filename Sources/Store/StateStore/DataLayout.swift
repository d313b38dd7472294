internal import Glibc

/// Where everything lies on disk: the two roots and the paths below them. Both roots have mode 0700.
public struct DataLayout: Sendable, Hashable {
    /// What survives a reboot: images, containers, volumes, the state store. Usually `/var/lib/compose`.
    public var dataRoot: String
    /// What does not: locks, sockets, change notices. Usually `/run/compose`.
    public var runRoot: String

    public init(dataRoot: String, runRoot: String) {
        self.dataRoot = dataRoot
        self.runRoot = runRoot
    }

    /// The defaults, or what `COMPOSE_DATA_ROOT` and `COMPOSE_RUN_ROOT` say.
    public static func fromEnvironment() -> DataLayout {
        DataLayout(
            dataRoot: variable("COMPOSE_DATA_ROOT") ?? "/var/lib/compose",
            runRoot: variable("COMPOSE_RUN_ROOT") ?? "/run/compose")
    }

    /// By these a data root and a run root are known as ours.
    static let dataNames: Set = ["state.sqlite", "content", "layers", "remote"]
    static let runNames: Set = ["changes", "projects", "network"]

    /// The record.
    public var database: String { "\(dataRoot)/state.sqlite" }
    /// Modified whenever the store changed; see ``ChangeWatch``.
    public var changes: String { "\(runRoot)/changes" }
    /// Directory of blobs, named by the hexadecimal digits of their SHA-256.
    public var blobs: String { "\(dataRoot)/content/sha256" }
    /// Blobs that are being received, named alike.
    public var ingests: String { "\(dataRoot)/content/ingest" }
    /// Files that name content which is in use by a running process.
    public var leases: String { "\(dataRoot)/leases" }
    /// Taken alone for the moments in which content is removed, and shared for those in which a lease grows.
    public var imagesLock: String { "\(dataRoot)/images.lock" }
    /// Unpacked layers.
    public var layers: String { "\(dataRoot)/layers" }
    /// Directories of containers, by id.
    public var containers: String { "\(dataRoot)/containers" }
    /// Directories of volumes, by name.
    public var volumes: String { "\(dataRoot)/volumes" }
    /// For what is being made; on the same file system as everything else, swept when its maker is gone.
    public var temporary: String { "\(dataRoot)/tmp" }

    /// The unpacked tree of a layer. `hex` are the digits of its diff id.
    public func layer(_ hex: String) -> String { "\(layers)/\(hex)/fs" }
    /// Where the content of this digest lies.
    public func blob(_ hex: String) -> String { "\(blobs)/\(hex)" }
    /// The directory of a container's own files: upper, work, log, generated files.
    public func container(_ id: String) -> String { "\(containers)/\(id)" }
    /// The directory of a container's log segments.
    public func log(_ id: String) -> String { "\(containers)/\(id)/log" }
    /// Where the file system of a volume is mounted while containers use it.
    public func volumeMount(_ name: String) -> String { "\(runRoot)/volumes/\(name)" }
    /// What a volume holds that is a directory of its own.
    public func volumeData(_ name: String) -> String { "\(volumes)/\(name)/_data" }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
