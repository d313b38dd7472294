internal import ContainerModel
public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
public import StateStore
internal import SystemPackage

/// Where a container's log is, and what else becomes of its output.
public struct LogPlace: Sendable {
    /// Of the segments.
    public let directory: String
    /// As the container was made with.
    public let settings: LogSettings
    private let record: ContainerRecord

    /// Without a log that can be read later there is only what attached clients, or a receiver, read from.
    public init(_ record: ContainerRecord, layout: DataLayout) {
        self.record = record
        settings = LogSettings(record.container.configuration.logging)
        directory = settings.isReadable ? layout.log(record.id) : layout.container(record.id) + "/attach"
    }

    func writer(_ context: SupervisorContext) throws(Errno) -> LogWriter {
        let workers = context.workers
        return try LogWriter(directory: directory, limits: LogLimits(settings)) { workers.run($0) }
    }

    /// What sends the output elsewhere; nil if it is not to be sent.
    ///
    /// - Parameter checked: fails if nobody is there, unless the settings say otherwise.
    func delivery(
        _ spec: ContainerSpec, _ context: SupervisorContext, checked: Bool
    ) throws(EngineError) -> LogDelivery? {
        guard let receiver = settings.receiver else { return nil }
        let target = LogTarget(receiver, backlog: settings.backlog)
        if checked && !target.isAsync {
            do throws(LogFailure) {
                try LogDelivery.check(target)
            } catch {
                throw EngineError(.startFailed, "container \(record.name)", target.explanation(of: error))
            }
        }
        let identity = LogIdentity(
            LogSubject(record.container, environment: spec.process.environment), settings.attributes,
            hostname: hostName(), process: getpid())
        do throws(Errno) {
            return try LogDelivery(
                record.name, directory: directory,
                marker: LogMarker(directory: context.layout.container(record.id)),
                encoder: LogEncoder(receiver, identity), target: target, troubles: context.troubles)
        } catch {
            throw EngineError(error, "container \(record.name)", doing: "its output cannot be sent")
        }
    }
}
