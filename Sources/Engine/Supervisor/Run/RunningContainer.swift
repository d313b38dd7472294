internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import LinuxSystem
internal import StateStore

/// One run of a container: everything that exists between its start and its end.
final class RunningContainer: Sendable {
    let spec: ContainerSpec
    let identity: ProcessIdentity
    let network: RunNetwork
    let log: LogWriter
    let logDirectory: String
    /// Where the run's output begins in the log.
    let logStart: LogPosition
    let pumps: [OutputPump]
    /// Sends the output elsewhere; nil: it stays in the log.
    let delivery: LogDelivery?
    /// Monotonic nanoseconds; of an adopted run reckoned from the record.
    let startedAt: Int64

    init(
        spec: ContainerSpec, identity: ProcessIdentity, network: RunNetwork, log: LogWriter, logDirectory: String,
        logStart: LogPosition, pumps: [OutputPump], delivery: LogDelivery?, startedAt: Int64
    ) {
        self.spec = spec
        self.identity = identity
        self.network = network
        self.log = log
        self.logDirectory = logDirectory
        self.logStart = logStart
        self.pumps = pumps
        self.delivery = delivery
        self.startedAt = startedAt
    }
}
