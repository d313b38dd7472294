public import EngineModel
public import Primitives

/// An image's configuration, `application/vnd.oci.image.config.v1+json` or
/// `application/vnd.docker.container.image.v1+json`, as far as it is used. The document's bytes are what the image's id
/// is the digest of, so they are kept as they came.
public struct ImageConfiguration: Sendable, Hashable {
    /// As Go names it: `amd64`; empty if the document does not say.
    public var architecture: String
    /// As Go names it: `linux`; empty if the document does not say.
    public var os: String
    /// Of the architecture, such as `v8`.
    public var variant: String?
    /// When the last step was made; nil if it is not said or is not a time of RFC 3339.
    public var created: Instant?
    /// Who made it, as free text.
    public var author: String?
    /// The `config` member.
    public var execution: Execution
    /// Undermost layer first.
    public var diffIDs: [Digest]
    /// From the first step on; those with ``History/emptyLayer`` have no layer.
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
        /// `Entrypoint`: what ``command`` is appended to.
        public var entrypoint: [String]?
        /// `Cmd`: the program if there is no entrypoint, else its arguments.
        public var command: [String]?
        /// `WorkingDir`; nil is `/`.
        public var workingDirectory: String?
        /// `user`, `uid`, `user:group` …
        public var user: String?
        /// Absolute paths.
        public var volumes: [String] = []
        /// `ExposedPorts`: what EXPOSE named; documentation, nothing is published by it.
        public var exposedPorts: [ContainerPort] = []
        /// Docker's `Healthcheck`, which OCI's specification does not have.
        public var healthcheck: Healthcheck?
        /// `StopSignal`, by name or number; nil is SIGTERM.
        public var stopSignal: String?
        /// `Labels`; a container gets them, and may override them.
        public var labels: [String: String] = [:]
        /// Program that runs a line of shell, from Docker's `SHELL`.
        public var shell: [String]?
        /// Instructions for builds that begin from this image, from Docker's `ONBUILD`; nil is none.
        public var onBuild: [String]?

        public init() {}
    }

    /// One step of how the image was made.
    public struct History: Codable, Sendable, Hashable {
        /// nil if it is not said.
        public var created: Instant?
        /// The instruction or command; empty if it is not said.
        public var createdBy: String
        /// Empty if there is none.
        public var comment: String
        /// The step changed the configuration only.
        public var emptyLayer: Bool

        public init(created: Instant?, createdBy: String, comment: String = "", emptyLayer: Bool = false) {
            self.created = created
            self.createdBy = createdBy
            self.comment = comment
            self.emptyLayer = emptyLayer
        }
    }
}
