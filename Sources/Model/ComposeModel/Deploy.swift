/// `deploy`: what of it concerns a single machine is acted on, the rest is for swarms.
public struct DeployConfig: Sendable, Hashable {
    public var mode: String?
    public var replicas: Int?
    public var labels: [String: String] = [:]
    public var updateConfig: UpdateConfig?
    public var rollbackConfig: UpdateConfig?
    public var resources = DeployResources()
    public var restartPolicy: DeployRestartPolicy?
    public var placement = Placement()
    public var endpointMode: String?
    public var extensions: Extensions = [:]

    public init() {}
}

/// `update_config`, `rollback_config`: how services are replaced.
public struct UpdateConfig: Sendable, Hashable {
    public var parallelism: UInt64?
    public var delay: Duration?
    public var failureAction: String?
    public var monitor: Duration?
    public var maxFailureRatio: Double?
    public var order: String?
    public var extensions: Extensions = [:]

    public init() {}
}

public struct DeployResources: Sendable, Hashable {
    public var limits: ResourceConfig?
    public var reservations: ResourceConfig?
    public var extensions: Extensions = [:]

    public init() {}
}

public struct ResourceConfig: Sendable, Hashable {
    /// Number of processors.
    public var cpus: Double?
    /// Bytes.
    public var memory: Int64?
    public var pids: Int64?
    public var devices: [DeviceRequest] = []
    public var genericResources: [GenericResource] = []
    public var extensions: Extensions = [:]

    public init() {}
}

public struct GenericResource: Sendable, Hashable {
    /// `discrete_resource_spec`.
    public struct Discrete: Sendable, Hashable {
        public var kind: String
        public var value: Int64
        public var extensions: Extensions = [:]

        public init(kind: String, value: Int64) {
            self.kind = kind
            self.value = value
        }
    }

    public var discrete: Discrete?
    public var extensions: Extensions = [:]

    public init() {}
}

/// Overrides `restart`.
public struct DeployRestartPolicy: Sendable, Hashable {
    /// `none`, `on-failure`, `any`.
    public var condition: String?
    public var delay: Duration?
    public var maxAttempts: UInt64?
    public var window: Duration?
    public var extensions: Extensions = [:]

    public init() {}
}

public struct Placement: Sendable, Hashable {
    public struct Preference: Sendable, Hashable {
        public var spread: String?
        public var extensions: Extensions = [:]

        public init() {}
    }

    public var constraints: [String] = []
    public var preferences: [Preference] = []
    public var maxReplicasPerNode: UInt64?
    public var extensions: Extensions = [:]

    public init() {}
}

/// A request for devices such as GPUs.
public struct DeviceRequest: Sendable, Hashable {
    public var capabilities: [String] = []
    public var driver: String?
    /// -1 is all.
    public var count: Int64?
    public var deviceIDs: [String] = []
    public var options: [String: String] = [:]
    public var extensions: Extensions = [:]

    public init() {}
}

/// One entry of `devices`.
public struct DeviceConfig: Sendable, Hashable {
    public var source: String
    public var target: String?
    /// Some of `rwm`.
    public var permissions: String?
    public var extensions: Extensions = [:]

    public init(source: String) {
        self.source = source
    }
}

/// `blkio_config`.
public struct BlkioConfig: Sendable, Hashable {
    public struct WeightDevice: Sendable, Hashable {
        public var path: String
        public var weight: UInt16
        public var extensions: Extensions = [:]

        public init(path: String, weight: UInt16) {
            self.path = path
            self.weight = weight
        }
    }

    public struct ThrottleDevice: Sendable, Hashable {
        public var path: String
        /// Bytes or operations a second.
        public var rate: Int64
        public var extensions: Extensions = [:]

        public init(path: String, rate: Int64) {
            self.path = path
            self.rate = rate
        }
    }

    public var weight: UInt16?
    public var weightDevice: [WeightDevice] = []
    public var deviceReadBps: [ThrottleDevice] = []
    public var deviceReadIOPS: [ThrottleDevice] = []
    public var deviceWriteBps: [ThrottleDevice] = []
    public var deviceWriteIOPS: [ThrottleDevice] = []
    public var extensions: Extensions = [:]

    public init() {}
}
