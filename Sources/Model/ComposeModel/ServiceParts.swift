/// One entry of `depends_on`.
public struct ServiceDependency: Sendable, Hashable {
    /// What must have happened to the dependency before the dependent service starts.
    public enum Condition: String, Sendable, Hashable {
        case started = "service_started"
        case healthy = "service_healthy"
        case completedSuccessfully = "service_completed_successfully"
    }

    public var condition: Condition
    /// The dependent service restarts after an explicit restart of this one.
    public var restart: Bool
    /// When false, a missing or failed dependency is only warned about.
    public var required: Bool
    public var extensions: Extensions = [:]

    public init(condition: Condition = .started, restart: Bool = false, required: Bool = true) {
        self.condition = condition
        self.restart = restart
        self.required = required
    }
}

/// `healthcheck`; nil is the image's or the engine's default.
public struct HealthcheckConfig: Sendable, Hashable {
    /// `["CMD", …]`, `["CMD-SHELL", line]`, `["NONE"]`; nil takes the image's.
    public var test: [String]?
    public var timeout: Duration?
    public var interval: Duration?
    public var retries: Int64?
    public var startPeriod: Duration?
    public var startInterval: Duration?
    public var disable = false
    public var extensions: Extensions = [:]

    public init() {}
}

/// `post_start` and `pre_stop`: a command run inside the container.
public struct ServiceHook: Sendable, Hashable {
    public var command: [String] = []
    public var user: String?
    public var privileged = false
    public var workingDir: String?
    public var environment: [String: String?] = [:]
    public var extensions: Extensions = [:]

    public init() {}
}

/// `logging`.
public struct LoggingConfig: Sendable, Hashable {
    public var driver: String?
    public var options: [String: String] = [:]
    public var extensions: Extensions = [:]

    public init() {}
}

/// One entry of `env_file`.
public struct EnvFile: Sendable, Hashable {
    public var path: String
    public var required: Bool
    /// nil, or `raw`: no quotes and no interpolation.
    public var format: String?

    public init(path: String, required: Bool = true, format: String? = nil) {
        self.path = path
        self.required = required
        self.format = format
    }
}

/// `credential_spec` (Windows).
public struct CredentialSpec: Sendable, Hashable {
    public var config: String?
    public var file: String?
    public var registry: String?
    public var extensions: Extensions = [:]

    public init() {}
}

/// `provider`: a program that manages the service instead of containers.
public struct ProviderConfig: Sendable, Hashable {
    public var type: String
    public var options: [String: [String]] = [:]
    public var extensions: Extensions = [:]

    public init(type: String) {
        self.type = type
    }
}

/// How a service uses a model.
public struct ServiceModel: Sendable, Hashable {
    public var endpointVariable: String?
    public var modelVariable: String?
    public var extensions: Extensions = [:]

    public init() {}
}

/// One ulimit: a single value for both or a pair; -1 is unlimited.
public struct UlimitConfig: Sendable, Hashable {
    public var single: Int64?
    public var soft: Int64
    public var hard: Int64

    public init(single: Int64) {
        self.single = single
        self.soft = single
        self.hard = single
    }

    public init(soft: Int64, hard: Int64) {
        self.soft = soft
        self.hard = hard
    }
}
