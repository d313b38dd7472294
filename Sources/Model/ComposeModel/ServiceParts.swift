/// One entry of `depends_on`.
public struct ServiceDependency: Sendable, Hashable {
    /// What must have happened to the dependency before the dependent service starts.
    public enum Condition: String, Sendable, Hashable {
        case started = "service_started"
        case healthy = "service_healthy"
        case completedSuccessfully = "service_completed_successfully"
    }

    /// What is waited for.
    public var condition: Condition
    /// The dependent service restarts after an explicit restart of this one.
    public var restart: Bool
    /// When false, a missing or failed dependency is only warned about.
    public var required: Bool
    /// The object's `x-…` attributes.
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
    /// How long a probe may take.
    public var timeout: Duration?
    /// Between two probes.
    public var interval: Duration?
    /// Failures in a row that make it unhealthy.
    public var retries: Int64?
    /// How long failures after the start do not count.
    public var startPeriod: Duration?
    /// Between two probes in that time.
    public var startInterval: Duration?
    /// No probes, also none of the image's.
    public var disable = false
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// `post_start` and `pre_stop`: a command run inside the container.
public struct ServiceHook: Sendable, Hashable {
    /// The program and its arguments.
    public var command: [String] = []
    /// nil is the service's user.
    public var user: String?
    /// The command has all capabilities.
    public var privileged = false
    /// nil is the service's.
    public var workingDir: String?
    /// Besides the service's; nil takes the caller's variable.
    public var environment: [String: String?] = [:]
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// `logging`.
public struct LoggingConfig: Sendable, Hashable {
    /// The logging driver; nil is `json-file`.
    public var driver: String?
    /// Options of the driver or provider.
    public var options: [String: String] = [:]
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// One entry of `env_file`.
public struct EnvFile: Sendable, Hashable {
    /// Absolute.
    public var path: String
    /// A missing file is an error.
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
    /// The config that holds it.
    public var config: String?
    /// A file that holds it.
    public var file: String?
    /// A registry key that holds it.
    public var registry: String?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// `provider`: a program that manages the service instead of containers.
public struct ProviderConfig: Sendable, Hashable {
    /// The program: `docker-TYPE` or `TYPE` in `PATH`.
    public var type: String
    /// Options of the driver or provider.
    public var options: [String: [String]] = [:]
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init(type: String) {
        self.type = type
    }
}

/// How a service uses a model.
public struct ServiceModel: Sendable, Hashable {
    /// The variable that gets the model's URL.
    public var endpointVariable: String?
    /// The variable that gets the model's name.
    public var modelVariable: String?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// One ulimit: a single value for both or a pair; -1 is unlimited.
public struct UlimitConfig: Sendable, Hashable {
    /// The value, if one was given for both.
    public var single: Int64?
    /// The limit that holds.
    public var soft: Int64
    /// How far the process may raise it.
    public var hard: Int64

    /// One value for both limits.
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
