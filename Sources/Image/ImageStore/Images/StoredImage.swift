public import EngineModel
public import ImageModel
internal import Primitives
internal import StateStore

/// An image in the store, with all that a container is made from.
public struct StoredImage: Sendable, Hashable {
    /// `sha256:…` of the configuration.
    public var id: String
    /// How to run it.
    public var configuration: ImageConfiguration.Execution
    /// Directories of the unpacked layers, topmost first, each once; never empty.
    public var layers: [String]
    /// What lists show.
    public var summary: Image
    /// Undermost first, as in the configuration.
    public var diffIDs: [Digest]
    /// How registries know it, as users write it: `redis@sha256:…`.
    public var repositoryDigests: [String]
}

/// What the store keeps at hand of a configuration, so that no file is read to start a container.
struct ImageContent: Codable {
    var execution: ImageConfiguration.Execution
    var platform: Platform
    var created: Instant?

    init(_ configuration: ImageConfiguration) {
        execution = configuration.execution
        platform = Platform(
            architecture: configuration.architecture, os: configuration.os, variant: configuration.variant)
        created = configuration.created
    }
}
