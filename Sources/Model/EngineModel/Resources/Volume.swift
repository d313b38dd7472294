public import Primitives

/// What to make a volume from.
public struct VolumeConfiguration: Codable, Sendable, Hashable {
    /// What users call it, such as `shop_data`; no other volume may have it.
    public var name: String
    /// nil and `local` are the same.
    public var driver: String?
    /// `type`, `o`, `device` as `mount(8)` takes them.
    public var driverOptions: [String: String] = [:]
    /// By them the volume is found again; nothing else follows from them.
    public var labels: [String: String] = [:]

    public init(name: String) {
        self.name = name
    }
}

/// A volume that exists.
public struct Volume: Codable, Sendable, Hashable {
    /// What it was made from.
    public var configuration: VolumeConfiguration
    /// When it was made.
    public var created: Instant
    /// The data directory on the host.
    public var path: String
    /// Made for one container, with a generated name.
    public var anonymous: Bool

    /// What users call it; 64 hexadecimal digits for an anonymous one.
    public var name: String { configuration.name }

    public init(configuration: VolumeConfiguration, created: Instant, path: String, anonymous: Bool) {
        self.configuration = configuration
        self.created = created
        self.path = path
        self.anonymous = anonymous
    }
}
