internal import ComposeModel
public import EngineModel
public import Primitives
internal import Synchronization

/// What the executor tells while it works; any thread may call the sink.
public struct ExecutionEvent: Sendable, Equatable {
    /// How far an operation is.
    public enum Phase: Sendable {
        case working, done, warning, error
    }

    /// `Container shop-web-1`.
    public var resource: String
    /// `Starting`.
    public var status: String
    /// Decides the mark and the colour; `working` is followed by one of the others.
    public var phase: Phase
    /// What went wrong, or what to know about it, worded for people; mostly empty.
    public var detail = ""
}

/// Surroundings of an execution.
public struct ExecutionOptions: Sendable {
    /// Called on the threads that work, several at a time.
    public var sink: @Sendable (ExecutionEvent) -> Void = { _ in }
    /// Ends waits, and keeps operations that were not begun from being carried out.
    public var cancellation = Cancellation()
    /// Where the output of a container's hooks goes; nil discards it. The descriptor stays the caller's.
    public var hookOutput: @Sendable (_ container: String) -> Int32? = { _ in nil }
    /// Called with what the user should know besides, worded for the log; on the threads that work.
    public var warn: @Sendable (String) -> Void = { _ in }
    /// Only tells what would be done.
    public var dryRun = false
    /// Tells the time: how long a new container has run for.
    public var clock: @Sendable () -> Instant
    /// Runs tasks 0, 1 … on threads, each after those that it depends on, and returns after the last one.
    public var runTasks: @Sendable (_ dependencies: [[Int]], _ body: @escaping @Sendable (Int) -> Void) throws -> Void

    public init(
        clock: @escaping @Sendable () -> Instant,
        runTasks:
            @escaping @Sendable (_ dependencies: [[Int]], _ body: @escaping @Sendable (Int) -> Void) throws -> Void
    ) {
        self.clock = clock
        self.runTasks = runTasks
    }
}

/// At least one operation failed. Those that depend on it were not carried out, all others were.
public struct ExecutionFailure: Error, Sendable, CustomStringConvertible {
    /// In the order in which they happened.
    public var failures: [EngineError]
    /// The caller's ``ExecutionOptions/cancellation`` had fired; then there may be no failures.
    public var cancelled: Bool

    public init(failures: [EngineError], cancelled: Bool) {
        self.failures = failures
        self.cancelled = cancelled
    }

    public var description: String { failures.map(\.description).joined(separator: "\n") }
}

/// Carries out a plan. Decides nothing: what is done, why and in which order stands in the plan.
public func execute(_ plan: Plan, engine: any Engine, _ options: ExecutionOptions) throws {
    let execution = Execution(plan: plan, engine: engine, options: options)
    let needsThreads = plan.operations.contains { if case .keep = $0.action { false } else { true } }
    if needsThreads {
        try options.runTasks(plan.operations.map { $0.after.map(\.operation) }) { execution.perform($0) }
    } else {
        for index in plan.operations.indices { execution.perform(index) }
    }
    let failures = execution.failures
    if options.cancellation.isCancelled { throw ExecutionFailure(failures: failures, cancelled: true) }
    if !failures.isEmpty { throw ExecutionFailure(failures: failures, cancelled: false) }
}

final class Execution: Sendable {
    private enum Outcome {
        case succeeded, failed, skipped
    }
    private struct State {
        var outcomes: [Outcome?]
        var failures: [(operation: Int, error: EngineError)] = []
    }

    let plan: Plan
    let engine: any Engine
    let options: ExecutionOptions
    private let state: Mutex<State>
    /// Operations that all who wait for them can do without.
    private let optional: Set<Int>

    init(plan: Plan, engine: any Engine, options: ExecutionOptions) {
        self.plan = plan
        self.engine = engine
        self.options = options
        state = Mutex(State(outcomes: Array(repeating: nil, count: plan.operations.count)))
        let edges = plan.operations.flatMap(\.after)
        optional = Set(edges.filter { $0.need == .attempt }.map(\.operation)).subtracting(
            edges.filter { $0.need != .attempt }.map(\.operation))
    }

    /// Failures, but for those of dependencies that every dependent can do without.
    var failures: [EngineError] {
        state.withLock { $0.failures }.filter { !optional.contains($0.operation) }.map(\.error)
    }

    func perform(_ index: Int) {
        let operation = plan.operations[index]
        let blocked = state.withLock { state in isBlocked(operation, state.outcomes) }
        if blocked || options.cancellation.isCancelled {
            state.withLock { $0.outcomes[index] = .skipped }
            return
        }
        warnOfFailedOptionals(operation)
        do {
            try run(operation)
            state.withLock { $0.outcomes[index] = .succeeded }
        } catch {
            let error = EngineError(error)
            state.withLock { state in
                state.outcomes[index] = .failed
                if error.code != .cancelled { state.failures.append((index, error)) }
            }
            // Whoever waits for it tells that it goes on without.
            if optional.contains(index), case .wait = operation.action { return }
            let word = failureWord(operation)
            options.sink(
                ExecutionEvent(
                    resource: operation.resource, status: word, phase: error.code == .cancelled ? .warning : .error,
                    detail: error.code == .cancelled ? "" : error.reason))
        }
    }

    private func isBlocked(_ operation: Operation, _ outcomes: [Outcome?]) -> Bool {
        var wantsFailure = false
        var hasFailure = false
        for edge in operation.after {
            switch edge.need {
            case .success: if outcomes[edge.operation] != .succeeded { return true }
            case .attempt, .end: break
            case .failure:
                wantsFailure = true
                if outcomes[edge.operation] == .failed { hasFailure = true }
            }
        }
        return wantsFailure && !hasFailure
    }

    private func warnOfFailedOptionals(_ operation: Operation) {
        let failed = state.withLock { state in
            state.failures.filter { failure in
                operation.after.contains { $0.need == .attempt && $0.operation == failure.operation }
            }
        }
        for failure in failed {
            let dependency = plan.operations[failure.operation]
            let name = dependency.service ?? ""
            var reason = "optional dependency \"\(name)\" failed to start: \(failure.error.reason)"
            if case .wait(.completedSuccessfully, _, _) = dependency.action {
                // Its own sentence begins with `service "x"`.
                reason = "optional dependency" + failure.error.reason.dropFirst("service".count)
            }
            tell(dependency.resource, "Skipped: \(reason)", .warning)
            options.warn(reason)
        }
    }

    private func failureWord(_ operation: Operation) -> String {
        if case .stopContainer = operation.action { return "Error while Stopping" }
        return "Error"
    }

    func tell(_ resource: String, _ status: String, _ phase: ExecutionEvent.Phase, _ detail: String = "") {
        options.sink(ExecutionEvent(resource: resource, status: status, phase: phase, detail: detail))
    }
}
