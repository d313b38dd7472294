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
        /// Containers that were started while they were still followed.
        var again: [String: Container] = [:]
        /// Containers that others have made and not started yet.
        var awaited: Set<String> = []
        var failure: EngineError?
    }

    let engine: any Engine
    let printer: LogPrinter
    let output: OutputWriter
    let cancellation = Cancellation()
    /// Ends of runs before it are not told.
    private let begin = Instant.now()
    private let options: LogOptions
    private let timestamps: Bool
    private let state = Mutex(State())
    /// Called on a follower's thread when a run has ended and all of its output was printed.
    private let ended: @Sendable (Container, LogRunEnd) -> Void
    /// Called when a container is not followed any more.
    private let changed: @Sendable () -> Void

    init(
        engine: any Engine, printer: LogPrinter, output: OutputWriter, options: LogOptions, timestamps: Bool,
        ended: @escaping @Sendable (Container, LogRunEnd) -> Void = { _, _ in }, changed: @escaping @Sendable () -> Void
    ) {
        self.engine = engine
        self.printer = printer
        self.output = output
        self.options = options
        self.timestamps = timestamps
        self.ended = ended
        self.changed = changed
    }

    /// How many containers are followed, or will be.
    var activeCount: Int { state.withLock { $0.active.union($0.awaited).count } }

    /// How many containers are followed.
    var followedCount: Int { state.withLock { $0.active.count } }

    /// What is shown before a container's lines: `web-1`, or the name that its service chose.
    static func label(_ container: Container) -> String { label(container, named: container.name) }

    private static func label(_ container: Container, named name: String) -> String {
        let project = container.labels[ProjectLabel.project] ?? ""
        guard !container.isOneOff, let number = container.labels[ProjectLabel.containerNumber] else { return name }
        let isUsual = ["-", "_"].contains { name == "\(project)\($0)\(container.service)\($0)\(number)" }
        return isUsual ? "\(container.service)-\(number)" : name
    }

    /// Prints the log as it is.
    func print(_ container: Container) throws(EngineError) {
        let printing = line(of: container)
        try engine.logs(of: container.id, options, cancellation: cancellation, ended: { _ in }) { printing($0) }
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
            if !needed && !told { state.again[container.id] = container }
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

    private func followUntilEnd(_ first: Container, _ since: Instant?) {
        var (container, since) = (first, since)
        while true {
            let (last, printedUntil) = followOnce(container, since)
            let next = state.withLock { state -> Container? in
                state.toldEnd[container.id] = last.startedAt
                state.printedUntil[container.id] = printedUntil
                if let next = state.again.removeValue(forKey: container.id), next.startedAt != last.startedAt,
                    !cancellation.isCancelled
                {
                    return next
                }
                state.active.remove(container.id)
                return nil
            }
            guard let next else { break }
            (container, since) = (next, printedUntil)
        }
        changed()
    }

    /// - Returns: the container as it is when its log has come to its end, and from when on nothing was printed.
    private func followOnce(_ container: Container, _ since: Instant?) -> (last: Container, printedUntil: Instant?) {
        var options = options
        options.follow = true
        options.untilExit = true
        if let since {
            options.since = since
            options.tail = nil
        }
        let printing = line(of: container)
        var printedUntil = since
        var isTold = false
        do throws(EngineError) {
            try engine.logs(
                of: container.id, options, cancellation: cancellation,
                ended: { end in
                    if end.time < begin { return }
                    isTold = !end.restarts
                    tell(container, end)
                },
                sink: { record in
                    printing(record)
                    printedUntil = Instant(nanoseconds: record.time.nanoseconds + 1)
                    output.flushSoon()
                })
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
        output.flush()
        let last = (try? engine.container(container.id)) ?? container
        // A run that did not begin, or that a supervisor of an older version watched.
        if !isTold, !cancellation.isCancelled, !last.isRunning, last.startedAt != nil {
            tell(container, LogRunEnd(time: last.finishedAt ?? .now(), exitCode: last.exitCode, restarts: false))
        }
        return (last, printedUntil)
    }

    private func tell(_ container: Container, _ end: LogRunEnd) {
        output.line(
            "\(Self.label(container)) exited with code \(end.exitCode)\(end.restarts ? " (restarting)" : "")")
        output.flush()
        ended(container, end)
    }

    /// Follows containers of the project as they start, on a thread of its own, until the session is cancelled, and tells
    /// of those that others make anew.
    ///
    /// Their output counts from `since` on: a program prints before its start is reported.
    func followStarts(project: String, since: Instant, wanted: @escaping @Sendable (Container) -> Bool) throws {
        let present = Instant.now()
        try startThread(name: "events") { [self] in
            let labels: [String: String?] = [ProjectLabel.project: project]
            try? engine.events(labels: labels, since: since, until: nil, cancellation: cancellation) { event in
                if event.type == "container" { handle(event, since, isNews: event.time > present, wanted) }
                return true
            }
        }
    }

    private func handle(_ event: Event, _ since: Instant, isNews: Bool, _ wanted: (Container) -> Bool) {
        switch event.action {
        case "create":
            guard isNews, let container = try? engine.container(event.id), wanted(container) else { return }
            state.withLock { _ = $0.awaited.insert(event.id) }
            guard let replaced = event.attributes[ProjectLabel.replace] else { return }
            output.line("\(Self.label(container, named: replaced)) has been recreated")
            output.flush()
        case "start":
            if let container = try? engine.container(event.id), wanted(container) { follow(container, since: since) }
            awaitNoMore(event.id)
        case "destroy": awaitNoMore(event.id)
        default: return
        }
    }

    private func awaitNoMore(_ id: String) {
        if state.withLock({ $0.awaited.remove(id) }) != nil { changed() }
    }
}
