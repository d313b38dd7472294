/// A whole Compose project after loading: interpolated, merged, with absolute paths and defaults filled in.
///
/// Units of all values below: sizes in bytes. Dictionaries have no order; whoever prints
/// sorts their keys.
public struct Project: Sendable, Hashable {
    /// Lower-case letters, digits, `_` and `-`.
    public var name: String
    /// Absolute; what relative paths of the files refer to.
    public var workingDirectory: String
    /// Absolute paths of the files given, in order; `-` is standard input.
    public var composeFiles: [String] = []
    /// The project's variables: the caller's environment over `.env` files.
    public var environment: [String: String] = [:]
    /// The profiles that were asked for.
    public var profiles: [String] = []
    /// The services that are enabled.
    public var services: [String: Service] = [:]
    /// The services left out, because none of their profiles is active or because they were not selected.
    public var disabledServices: [String: Service] = [:]
    /// By their key in the file.
    public var networks: [String: NetworkConfig] = [:]
    /// By their key in the file.
    public var volumes: [String: VolumeConfig] = [:]
    /// By their key in the file.
    public var secrets: [String: SecretConfig] = [:]
    /// By their key in the file.
    public var configs: [String: ConfigObject] = [:]
    /// By their key in the file.
    public var models: [String: ModelConfig] = [:]
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]
    /// What the files ask for and nothing here does, in their order; also of what is disabled or not used.
    public var gaps: [AttributeGap] = []

    public init(name: String, workingDirectory: String) {
        self.name = name
        self.workingDirectory = workingDirectory
    }

    /// Names of the enabled services, sorted.
    public var serviceNames: [String] { services.keys.sorted() }

    /// Enabled and disabled services together.
    public var allServices: [String: Service] { services.merging(disabledServices) { enabled, _ in enabled } }
}
