/// `deploy`: what of it concerns a single machine is acted on, the rest is for swarms.
public struct DeployConfig: Sendable, Hashable {
    /// `replicated`, `global`, `replicated-job`, `global-job`.
    public var mode: String?
    /// How many containers there are; `scale` comes before it.
    public var replicas: Int?
    /// Labels of the service, not of its containers.
    public var labels: [String: String] = [:]
    /// How containers are replaced.
    public var updateConfig: UpdateConfig?
    /// How containers are replaced when an update failed.
    public var rollbackConfig: UpdateConfig?
    /// Limits and reservations.
    public var resources = DeployResources()
    /// Overrides `restart`.
    public var restartPolicy: DeployRestartPolicy?
    /// On which nodes of a swarm.
    public var placement = Placement()
    /// `vip` or `dnsrr`.
    public var endpointMode: String?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// `update_config`, `rollback_config`: how services are replaced.
public struct UpdateConfig: Sendable, Hashable {
    /// Containers at a time; 0 is all.
    public var parallelism: UInt64?
    /// Between two of them.
    public var delay: Duration?
    /// `continue`, `pause`, `rollback`.
    public var failureAction: String?
    /// How long a new container is watched for failure.
    public var monitor: Duration?
    /// The share of failures that is put up with.
    public var maxFailureRatio: Double?
    /// `stop-first` or `start-first`.
    public var order: String?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// `deploy.resources`.
public struct DeployResources: Sendable, Hashable {
    /// What a container may use at most.
    public var limits: ResourceConfig?
    /// What must be free for it.
    public var reservations: ResourceConfig?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// Limits or reservations.
public struct ResourceConfig: Sendable, Hashable {
    /// Number of processors.
    public var cpus: Double?
    /// Bytes.
    public var memory: Int64?
    /// Processes and threads.
    public var pids: Int64?
    /// Devices that must be there, such as GPUs.
    public var devices: [DeviceRequest] = []
    /// Resources that only a swarm knows.
    public var genericResources: [GenericResource] = []
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// One entry of `generic_resources`.
public struct GenericResource: Sendable, Hashable {
    /// `discrete_resource_spec`.
    public struct Discrete: Sendable, Hashable {
        /// The resource's name.
        public var kind: String
        /// How many of it.
        public var value: Int64
        /// The object's `x-…` attributes.
        public var extensions: Extensions = [:]

        public init(kind: String, value: Int64) {
            self.kind = kind
            self.value = value
        }
    }

    /// The only form there is.
    public var discrete: Discrete?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// Overrides `restart`.
public struct DeployRestartPolicy: Sendable, Hashable {
    /// `none`, `on-failure`, `any`.
    public var condition: String?
    /// Between two of them.
    public var delay: Duration?
    /// Restarts before giving up; nil is without limit.
    public var maxAttempts: UInt64?
    /// How long a container must run for the restart to count as successful.
    public var window: Duration?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// `deploy.placement`.
public struct Placement: Sendable, Hashable {
    /// One entry of `preferences`.
    public struct Preference: Sendable, Hashable {
        /// The node label whose values are used evenly.
        public var spread: String?
        /// The object's `x-…` attributes.
        public var extensions: Extensions = [:]

        public init() {}
    }

    /// Conditions on nodes, such as `node.role == manager`.
    public var constraints: [String] = []
    /// How to choose among the nodes that remain.
    public var preferences: [Preference] = []
    /// At most so many on one node.
    public var maxReplicasPerNode: UInt64?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// A request for devices such as GPUs.
public struct DeviceRequest: Sendable, Hashable {
    /// What the device must be able to do, such as `gpu`.
    public var capabilities: [String] = []
    /// The driver that gives the devices.
    public var driver: String?
    /// -1 is all.
    public var count: Int64?
    /// Which devices; excludes `count`.
    public var deviceIDs: [String] = []
    /// Options of the driver.
    public var options: [String: String] = [:]
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// One entry of `devices`.
public struct DeviceConfig: Sendable, Hashable {
    /// The device on the host.
    public var source: String
    /// The device in the container; nil is the same path.
    public var target: String?
    /// Some of `rwm`.
    public var permissions: String?
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init(source: String) {
        self.source = source
    }
}

/// `blkio_config`.
public struct BlkioConfig: Sendable, Hashable {
    /// One entry of `weight_device`.
    public struct WeightDevice: Sendable, Hashable {
        /// The device on the host.
        public var path: String
        /// Share of the device's time, 10 to 1000.
        public var weight: UInt16
        /// The object's `x-…` attributes.
        public var extensions: Extensions = [:]

        public init(path: String, weight: UInt16) {
            self.path = path
            self.weight = weight
        }
    }

    /// One entry of the `device_…` lists.
    public struct ThrottleDevice: Sendable, Hashable {
        /// The device on the host.
        public var path: String
        /// Bytes or operations a second.
        public var rate: Int64
        /// The object's `x-…` attributes.
        public var extensions: Extensions = [:]

        public init(path: String, rate: Int64) {
            self.path = path
            self.rate = rate
        }
    }

    /// Share of the device's time, 10 to 1000.
    public var weight: UInt16?
    /// Weights of single devices.
    public var weightDevice: [WeightDevice] = []
    /// Bytes a second that may be read.
    public var deviceReadBps: [ThrottleDevice] = []
    /// Reads a second.
    public var deviceReadIOPS: [ThrottleDevice] = []
    /// Bytes a second that may be written.
    public var deviceWriteBps: [ThrottleDevice] = []
    /// Writes a second.
    public var deviceWriteIOPS: [ThrottleDevice] = []
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}
