/// Keeps the last output of steps, to be shown if one of them fails. A value without I/O.
public struct FailedBuildStep: Sendable {
    private struct Step {
        var name: String
        var started: Int64
        var output = BuildOutputLines()
        /// With the seconds since the start.
        var lines: [String] = []
    }

    private var steps: [Int: Step] = [:]
    /// The first step that failed, as it was shown.
    public private(set) var name: String?
    /// Its last lines, each after the seconds since its start.
    public private(set) var lastOutput: [String] = []

    private static let kept = 10

    public init() {}

    /// Takes an event in; `now` in nanoseconds of the monotonic clock.
    public mutating func handle(_ event: BuildStepEvent, now: Int64) {
        switch event {
        case .started(let id, let name): steps[id] = Step(name: name, started: now)
        case .output(let id, _, let bytes):
            guard let started = steps[id]?.started, let lines = steps[id]?.output.add(bytes), !lines.isEmpty else {
                return
            }
            add(lines, to: id, now - started)
        case .completed(let id, _, let error):
            guard let error, error != BuildStepEvent.cancelled, name == nil, let started = steps[id]?.started else {
                steps[id] = nil
                return
            }
            if let line = steps[id]?.output.finish() { add([line], to: id, now - started) }
            name = steps[id]?.name
            lastOutput = steps[id]?.lines ?? []
        case .progress, .warning: break
        }
    }

    private mutating func add(_ lines: [String], to id: Int, _ elapsed: Int64) {
        let stamped = lines.suffix(Self.kept).map { "\(BuildText.stamp(elapsed)) \($0)" }
        let before = steps[id]?.lines ?? []
        steps[id]?.lines = Array((before + stamped).suffix(Self.kept))
    }
}
