public import EngineModel
public import Primitives

/// An image's configuration, `application/vnd.oci.image.config.v1+json` or
/// `application/vnd.docker.container.image.v1+json`, as far as it is used. The document's bytes are what the image's id
/// is the digest of, so they are kept as they came.
public struct ImageConfiguration: Sendable, Hashable {
    public var architecture: String
    public var os: String
    public var variant: String?
    public var created: Instant?
    public var author: String?
    public var execution: Execution
    /// Undermost layer first.
    public var diffIDs: [Digest]
    public var history: [History]

    public init(architecture: String, os: String, diffIDs: [Digest], execution: Execution = Execution()) {
        self.architecture = architecture
        self.os = os
        self.diffIDs = diffIDs
        self.execution = execution
        self.history = []
    }

    /// How to run it: the `config` member. nil and absent are the same.
    public struct Execution: Codable, Sendable, Hashable {
        /// `KEY=VALUE`.
        public var environment: [String]?
        public var entrypoint: [String]?
        public var command: [String]?
        public var workingDirectory: String?
        /// `user`, `uid`, `user:group` …
        public var user: String?
        /// Absolute paths.
        public var volumes: [String] = []
        public var exposedPorts: [ContainerPort] = []
        public var healthcheck: Healthcheck?
        public var stopSignal: String?
        public var labels: [String: String] = [:]
        /// Program that runs a line of shell, from Docker's `SHELL`.
        public var shell: [String]?
        /// Instructions for builds that begin from this image, from Docker's `ONBUILD`; nil is none.
        public var onBuild: [String]?

        public init() {}
    }

    /// One step of how the image was made.
    public struct History: Codable, Sendable, Hashable {
        public var created: Instant?
        public var createdBy: String
        public var comment: String
        public var emptyLayer: Bool

        public init(created: Instant?, createdBy: String, comment: String = "", emptyLayer: Bool = false) {
            self.created = created
            self.createdBy = createdBy
            self.comment = comment
            self.emptyLayer = emptyLayer
        }
    }
}
