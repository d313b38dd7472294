public import ContainerModel
internal import ContainerRuntime
public import EngineModel
internal import Glibc
internal import LinuxSystem
public import Primitives
internal import StateStore
internal import Supervisor
internal import SystemPackage

extension LocalEngine {
    public func processes(of container: String) throws(EngineError) -> [ContainerProcess] {
        let record = try record(container)
        _ = try process(of: record)
        let spec = try record.spec()
        let environment = try runtimeEnvironment()
        note(Event("top", of: record))
        do throws(RuntimeError) {
            return try ContainerRuntime.processes(of: spec, environment: environment)
        } catch {
            throw EngineError(error, container: record.name)
        }
    }

    public func statistics(of container: String) throws(EngineError) -> Statistics {
        let record = try record(container)
        let target = try process(of: record)
        let spec = try record.spec()
        let environment = try runtimeEnvironment()
        var statistics: Statistics
        do throws(RuntimeError) {
            statistics = try ContainerRuntime.statistics(of: spec, environment: environment)
            if statistics.memoryLimit == 0 { statistics.memoryLimit = Self.hostMemory() }
        } catch {
            throw EngineError(error, container: record.name)
        }
        let traffic = InterfaceTraffic(Files.text("/proc/\(target.pid)/net/dev") ?? "")
        statistics.networkReceived = traffic.received
        statistics.networkSent = traffic.sent
        return statistics
    }

    public func logs(
        of container: String, _ options: LogOptions, cancellation: Cancellation, ended: (LogRunEnd) -> Void,
        sink: (LogRecord) -> Void
    ) throws(EngineError) {
        let record = try record(container)
        let place = LogPlace(record, layout: layout)
        if !place.settings.isReadable && !options.attached {
            throw EngineError(
                .unsupported, "container \(record.name)", "configured logging driver does not support reading")
        }
        try LogReader(directory: place.directory).read(
            options, cancellation: cancellation, ended: ended, sink: sink)
    }

    public func events(
        labels: [String: String?], since: Instant?, until: Instant?, cancellation: Cancellation,
        sink: (Event) -> Bool
    ) throws(EngineError) {
        let watch = try ChangeWatch(layout)
        let waker: WakeUp
        do throws(Errno) {
            waker = try WakeUp()
        } catch {
            throw EngineError(error, "events", doing: "they cannot be waited for")
        }
        let project: String? = labels[Container.projectLabel] ?? nil
        var last = since == nil ? try store.lastEvent() : 0
        while !cancellation.isCancelled {
            let recorded = try store.events(after: last, project: project, since: since, until: until)
            for entry in recorded {
                last = entry.sequence
                let attributes = entry.event.attributes
                let wanted = labels.allSatisfy { key, value in
                    attributes[key].map { value == nil || value == $0 } ?? false
                }
                if wanted && !sink(entry.event) { return }
            }
            var wait: Int32 = -1
            if let until {
                let left = (until.nanoseconds - Instant.now().nanoseconds) / 1_000_000
                if left <= 0 { return }
                wait = Int32(min(left, 60_000))
            }
            _ = waker.wait(for: watch.raw, milliseconds: wait, cancellation)
            watch.drain()
        }
    }

    private static func hostMemory() -> UInt64 {
        UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES)))) * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
    }
}

/// Bytes through all interfaces but `lo`, from `/proc/PID/net/dev` (proc_pid_net(5)).
struct InterfaceTraffic: Equatable {
    var received: UInt64 = 0
    var sent: UInt64 = 0

    init(_ table: String) {
        for line in table.split(separator: "\n").dropFirst(2) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) != "lo" else { continue }
            let fields = parts[1].split(separator: " ")
            guard fields.count >= 9 else { continue }
            received += UInt64(fields[0]) ?? 0
            sent += UInt64(fields[8]) ?? 0
        }
    }
}
