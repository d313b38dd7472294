public import Primitives
internal import Synchronization

/// One JSON object for each event, in the shape of BuildKit's `rawjson`: vertexes, statuses, logs, warnings.
public final class RawBuildDisplay: BuildDisplay {
    private struct Step {
        var name: String
        var started: Instant
    }

    private let output: OutputWriter
    /// A name for a step that is its own: `sha256:…`.
    private let digest: @Sendable (Int) -> String
    private let clock: @Sendable () -> Instant
    private let steps = Mutex<[Int: Step]>([:])

    /// - Parameter clock: the time of day.
    public init(
        _ output: OutputWriter, clock: @escaping @Sendable () -> Instant, digest: @escaping @Sendable (Int) -> String
    ) {
        self.output = output
        self.clock = clock
        self.digest = digest
    }

    /// Prints the event as a line of JSON.
    public func report(_ event: BuildStepEvent) {
        output.line(steps.withLock { object(event, &$0, clock()) }.description)
        output.flush()
    }

    /// Flushes what was printed.
    public func finish() {}

    private func object(_ event: BuildStepEvent, _ steps: inout [Int: Step], _ now: Instant) -> JSONValue {
        let timestamp = JSONValue.string(now.rfc3339)
        switch event {
        case .started(let id, let name):
            steps[id] = Step(name: name, started: now)
            return ["vertexes": [vertex(id, name, now)]]
        case .output(let id, let isError, let bytes):
            let log: JSONValue = [
                "vertex": .string(digest(id)), "stream": isError ? 2 : 1, "data": .string(Base64.encode(bytes)),
                "timestamp": timestamp,
            ]
            return ["logs": [log]]
        case .progress(let id, let item, let current, let total):
            var status: JSONValue = [
                "id": .string(item), "vertex": .string(digest(id)), "current": .number(current),
            ]
            if total > 0 { status["total"] = .number(total) }
            status["timestamp"] = timestamp
            return ["statuses": [status]]
        case .completed(let id, let cached, let error):
            guard let step = steps.removeValue(forKey: id) else { return [:] }
            var vertex = vertex(id, step.name, step.started)
            vertex["completed"] = timestamp
            if cached { vertex["cached"] = true }
            vertex["error"] = error.map { .string($0) }
            return ["vertexes": [vertex]]
        case .warning(let text):
            return ["warnings": [["level": 1, "short": .string(Base64.encode(text.utf8))]]]
        }
    }

    private func vertex(_ id: Int, _ name: String, _ started: Instant) -> JSONValue {
        ["digest": .string(digest(id)), "name": .string(name), "started": .string(started.rfc3339)]
    }
}
