internal import Digests
internal import ImageBuilder
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import TerminalUI

/// Several builds on one display: each has its steps, whose names say of which service they are.
final class BuildScreen: Sendable {
    private struct State {
        var next = 0
        /// By build and the build's own number of a step.
        var steps: [String: Int] = [:]
        var failed = FailedBuildStep()
    }

    private let display: any BuildDisplay
    private let state = Mutex(State())

    init(_ display: any BuildDisplay) {
        self.display = display
    }

    /// - Parameter service: stands in the names of the steps; empty for a build without one.
    func report(_ event: BuildEvent, of service: String) {
        // The events of one build must stay in order, also for a step's first one.
        state.withLock { state in
            guard let shown = Self.shown(event, of: service, &state) else { return }
            state.failed.handle(shown, now: monotonicNanoseconds())
            display.report(shown)
        }
    }

    /// The event with a number that no other build's steps have.
    private static func shown(_ event: BuildEvent, of service: String, _ state: inout State) -> BuildStepEvent? {
        func step(_ id: Int) -> Int? { state.steps["\(service) \(id)"] }
        switch event {
        case .started(let id, let name, _):
            state.next += 1
            state.steps["\(service) \(id)"] = state.next
            return .started(step: state.next, name: Self.name(name, of: service))
        case .output(let id, let isError, let bytes):
            return step(id).map { .output(step: $0, isError: isError, bytes: bytes) }
        case .progress(let id, let item, let current, let total):
            return step(id).map { .progress(step: $0, item: item, current: current, total: total) }
        case .completed(let id, let cached, let error, _):
            return step(id).map { .completed(step: $0, cached: cached, error: error) }
        case .warning(let text): return .warning(service.isEmpty ? text : "\(service): \(text)")
        }
    }

    /// The failed step with the last that it wrote.
    var failedStep: FailedBuildStep { state.withLock(\.failed) }

    func finish() { display.finish() }

    /// `[2/5] RUN make` as `[web 2/5] RUN make`.
    static func name(_ name: String, of service: String) -> String {
        if service.isEmpty { return name }
        return name.hasPrefix("[") ? "[\(service) \(name.dropFirst())" : "[\(service)] \(name)"
    }
}

extension CommandContext {
    /// - Parameters:
    ///   - output: where the progress goes.
    ///   - mode: `auto`, `plain`, `tty`, `quiet`, `rawjson`; nil is what the root options say.
    func buildDisplay(_ output: OutputWriter, mode: String? = nil, quiet: Bool) throws(CommandError) -> any BuildDisplay
    {
        if quiet { return QuietBuildDisplay() }
        let words = mode ?? rootProgress
        switch words {
        case "quiet", "none": return QuietBuildDisplay()
        case "plain": return PlainBuildDisplay(output)
        case "rawjson", "json":
            return RawBuildDisplay(
                output, clock: { Instant.now() },
                digest: { "sha256:" + SHA256.hex(of: Array("step \($0)".utf8)) })
        case "tty": return TerminalBuildDisplay(output, colours: colours(on: output))
        case "auto", "":
            if output.isTerminal && ansi != .never {
                return TerminalBuildDisplay(output, colours: colours(on: output))
            }
            return PlainBuildDisplay(output)
        default:
            throw CommandError(
                "unsupported --progress value \"\(words)\"", hint: "it is auto, plain, tty, quiet or rawjson")
        }
    }

    /// The root option, BUILDKIT_PROGRESS, COMPOSE_PROGRESS.
    private var rootProgress: String {
        root.progress ?? environment["BUILDKIT_PROGRESS"] ?? environment["COMPOSE_PROGRESS"] ?? "auto"
    }
}
