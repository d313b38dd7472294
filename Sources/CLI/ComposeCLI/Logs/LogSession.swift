internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import Synchronization
internal import TerminalUI

/// Prints the logs of containers while they run, each followed by a thread of its own.
final class LogSession: Sendable {
    private struct State {
        /// Containers being followed.
        var active: Set<String> = []
        /// From when on the log of a container that had ended was not printed yet.
        var printedUntil: [String: Instant] = [:]
        /// When the run began whose end was told.
        var toldEnd: [String: Instant] = [:]
        var failure: EngineError?
    }

    let engine: any Engine
    let printer: LogPrinter
    let output: OutputWriter
    let cancellation = Cancellation()
    private let options: LogOptions
    private let timestamps: Bool
    private let state = Mutex(State())
    /// Called on a follower's thread when a container has ended for good and all of its output was printed.
    private let ended: @Sendable (Container) -> Void
    /// Called when a container is not followed any more.
    private let changed: @Sendable () -> Void

    init(
        engine: any Engine, printer: LogPrinter, output: OutputWriter, options: LogOptions, timestamps: Bool,
        ended: @escaping @Sendable (Container) -> Void = { _ in }, changed: @escaping @Sendable () -> Void
    ) {
        self.engine = engine
        self.printer = printer
        self.output = output
        self.options = options
        self.timestamps = timestamps
        self.ended = ended
        self.changed = changed
    }

    var activeCount: Int { state.withLock { $0.active.count } }

    /// What is shown before a container's lines: `web-1`, or the name that its service chose.
    static func label(_ container: Container) -> String {
        let project = container.labels[ProjectLabel.project] ?? ""
        guard let number = container.labels[ProjectLabel.containerNumber] else { return container.name }
        let short = "\(container.service)-\(number)"
        for separator in ["-", "_"]
        where container.name == "\(project)\(separator)\(container.service)\(separator)\(number)" {
            return short
        }
        return container.name
    }

    /// Prints the log as it is.
    func print(_ container: Container) throws(EngineError) {
        let printing = line(of: container)
        try engine.logs(of: container.id, options, cancellation: cancellation) { printing($0) }
    }

    private func line(of container: Container) -> (LogRecord) -> Void {
        let label = Self.label(container)
        printer.register(label, service: container.service)
        return { [printer, timestamps] record in
            printer.print(
                record.line, of: label, service: container.service, time: timestamps ? record.time.rfc3339 : nil,
                complete: record.complete)
        }
    }

    /// Follows a container until it has ended for good; does nothing if that is being done already.
    ///
    /// - Parameter since: from when on lines are printed when it is followed for the first time; nil takes the session's
    ///   options.
    func follow(_ container: Container, since: Instant? = nil) {
        let (needed, since) = state.withLock { state in
            let told = state.toldEnd[container.id].map { $0 == container.startedAt } ?? false
            let needed = !told && state.active.insert(container.id).inserted
            return (needed, state.printedUntil[container.id] ?? since)
        }
        if !needed { return }
        printer.register(Self.label(container), service: container.service)
        do {
            try startThread(name: "log") { [self] in followUntilEnd(container, since) }
        } catch {
            state.withLock { _ = $0.active.remove(container.id) }
        }
    }

    private func followUntilEnd(_ container: Container, _ since: Instant?) {
        var options = options
        options.follow = true
        options.untilExit = true
        if let since {
            options.since = since
            options.tail = nil
        }
        let printing = line(of: container)
        var printedUntil = since
        do throws(EngineError) {
            try engine.logs(of: container.id, options, cancellation: cancellation) { record in
                printing(record)
                printedUntil = Instant(nanoseconds: record.time.nanoseconds + 1)
                output.flushSoon()
            }
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
        output.flush()
        let last = (try? engine.container(container.id)) ?? container
        if !cancellation.isCancelled { ended(last) }
        state.withLock { state in
            state.active.remove(container.id)
            state.printedUntil[container.id] = printedUntil
            state.toldEnd[container.id] = last.startedAt
        }
        changed()
    }

    /// Follows containers of the project as they start, on a thread of its own, until the session is cancelled.
    ///
    /// Their output counts from `since` on: a program prints before its start is reported.
    func followStarts(project: String, since: Instant, wanted: @escaping @Sendable (Container) -> Bool) throws {
        try startThread(name: "events") { [self] in
            let labels: [String: String?] = [ProjectLabel.project: project]
            try? engine.events(labels: labels, since: since, until: nil, cancellation: cancellation) { event in
                if event.type == "container", event.action == "start",
                    let container = try? engine.container(event.id), wanted(container)
                {
                    follow(container, since: since)
                }
                return true
            }
        }
    }
}
