import EngineModel
import ImageModel
import LinuxSystem
import Primitives
import Synchronization

@testable import Dockerfile
@testable import ImageBuilder

/// A digest made of a word.
func digest(_ word: String) -> Digest {
    Digest(hex: StepKey("test", [word]).hex)!
}

/// An image of one layer.
func baseImage(_ name: String, onBuild: [String]? = nil) -> BaseImage {
    var execution = ImageConfiguration.Execution()
    execution.environment = ["PATH=/bin"]
    execution.onBuild = onBuild
    var configuration = ImageConfiguration(
        architecture: "amd64", os: "linux", diffIDs: [digest(name)], execution: execution)
    configuration.history = [.init(created: Instant(nanoseconds: 1_000_000_000), createdBy: name)]
    return BaseImage(id: "sha256:" + digest(name + " id").hex, configuration: configuration)
}

/// The plan of a Dockerfile's text; `asked` gets the names of base images.
func makePlan(
    _ text: String, onBuild: [String: [String]] = [:], asked: (String) -> Void = { _ in },
    change: (inout BuildRequest) -> Void = { _ in }
) throws -> BuildPlan {
    var request = BuildRequest(context: .empty)
    change(&request)
    let file = try Dockerfile(parsing: text, name: "Dockerfile")
    return try withoutActuallyEscaping(asked) { asked in
        var planner = try Planner(
            request: request, dockerfile: file, platform: Platform(architecture: "amd64", os: "linux")
        ) { name throws(EngineError) in
            asked(name)
            return baseImage(name, onBuild: onBuild[name])
        }
        return try planner.plan()
    }
}

/// The error of planning a text.
func planError(_ text: String, change: (inout BuildRequest) -> Void = { _ in }) throws -> PlanError? {
    do {
        _ = try makePlan(text, change: change)
        return nil
    } catch let error as PlanError {
        return error
    }
}

/// A cache in memory.
final class MemoryCache: StepCache {
    private let results = Mutex<[StepKey: StepResult]>([:])

    func lookup(_ key: StepKey) throws(EngineError) -> StepResult? { results.withLock { $0[key] } }

    func record(_ result: StepResult, keys: [StepKey], instruction: String) throws(EngineError) {
        results.withLock { results in for key in keys { results[key] = result } }
    }

    func exclusively<Result>(
        _ key: StepKey, cancellation: Cancellation, _ body: () throws(EngineError) -> Result
    ) throws(EngineError) -> Result { try body() }
}

/// Steps that make layers named after their instruction, and say that they ran.
final class RecordingExecutor: StepExecutor {
    typealias Work = @Sendable (PlannedStep, Cancellation) throws(EngineError) -> StepResult?

    private let state = Mutex<[String]>([])
    private let work: Work

    /// - Parameter work: what a step does; nil makes the usual layer.
    init(_ work: @escaping Work = { _, _ throws(EngineError) in nil }) {
        self.work = work
    }

    /// The instructions that were run, sorted.
    var ran: [String] { state.withLock { $0.sorted() } }

    func contentKeys(of step: PlannedStep, stages: [Int: StageResult]) throws(EngineError) -> [StepKey] {
        step.sources.map { source in
            if case .stage(let index) = source { return StepKey(layers: stages[index]?.layers ?? []) }
            return StepKey("content", ["\(source)"])
        }
    }

    func execute(
        _ step: PlannedStep, on layers: [Digest], stages: [Int: StageResult],
        output: @escaping @Sendable (Bool, UnsafeRawBufferPointer) -> Void, cancellation: Cancellation
    ) throws(EngineError) -> StepResult {
        state.withLock { $0.append(step.instruction) }
        if let result = try work(step, cancellation) { return result }
        Array("output of \(step.instruction)\n".utf8).withUnsafeBytes { output(false, $0) }
        return StepResult(layer: digest(step.instruction), size: 1, made: Instant(nanoseconds: 7_000_000_000))
    }
}

/// Events as they came.
final class EventLog: Sendable {
    private let events = Mutex<[BuildEvent]>([])

    var listener: @Sendable (BuildEvent) -> Void { { event in self.events.withLock { $0.append(event) } } }

    /// Names of the steps that came from the cache.
    var cached: [String] {
        var names: [Int: String] = [:]
        var found: [String] = []
        for event in events.withLock({ $0 }) {
            if case .started(let id, let name, _) = event { names[id] = name }
            if case .completed(let id, true, _, _) = event { found.append(names[id] ?? "") }
        }
        return found
    }
}

/// Runs a plan with doubles.
func schedule(
    _ plan: BuildPlan, _ cache: MemoryCache, _ executor: RecordingExecutor, log: EventLog = EventLog(),
    cancellation: Cancellation = Cancellation()
) throws -> [Int: StageResult] {
    let schedule = StageSchedule(
        plan: plan, cache: cache, executor: executor, progress: BuildProgress(log.listener), parallel: 4)
    return try schedule.run(cancellation: cancellation) { _, source in StepKey("content", ["\(source)"]) }.results
}
