internal import ComposeLoader
internal import ComposeModel
internal import Digests
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

extension CommandContext {
    func check(_ services: [String], in project: Project) throws(CommandError) {
        for service in services where project.allServices[service] == nil {
            throw CommandError("no such service: \(service)")
        }
    }

    /// Carries out a plan and shows its progress; with `--dry-run` only shows it.
    ///
    /// - Parameters:
    ///   - title: heads the live list on a terminal.
    ///   - silent: shows only warnings and errors.
    ///   - amidOutput: other lines are printed meanwhile: nothing is drawn over.
    func carryOut(
        _ plan: Plan, title: String, cancellation: Cancellation = Cancellation(), silent: Bool = false,
        amidOutput: Bool = false, hookOutput: (@Sendable (String) -> Int32?)? = nil
    ) throws {
        for warning in plan.warnings { warn(warning) }
        if plan.isEmpty { return }
        if root.dryRun {
            let containers = try engine().containers(labels: [:])
            output.write(
                plan.description(naming: Dictionary(containers.map { ($0.id, $0.name) }) { first, _ in first }))
            output.flush()
        }
        let display: any ProgressDisplay = silent ? QuietProgress() : progress(title, amidOutput: amidOutput)
        defer { display.finish() }
        var options = executionOptions(try parallelLimit)
        options.cancellation = cancellation
        options.dryRun = root.dryRun
        options.warn = { [self] in warn($0) }
        if let hookOutput { options.hookOutput = hookOutput }
        options.sink = { event in
            display.report(
                ProgressItem(event.resource, event.status, event.phase.shown, detail: event.detail))
        }
        try execute(plan, engine: engine(), options)
    }

    private func executionOptions(_ limit: Int) -> ExecutionOptions {
        ExecutionOptions(clock: { .now() }) { dependencies, body in
            try TaskGraph.run(dependencies: dependencies, limit: limit > 0 ? limit : Self.defaultLimit, body)
        }
    }

    /// Threads at the same time when `--parallel` says nothing: waits for health and exits hold theirs meanwhile.
    private static let defaultLimit = 256

    /// SHA-256 for the labels that tell whether something changed.
    static func digest(_ text: String) -> String {
        SHA256.hex(of: Array(text.utf8))
    }
}

extension ExecutionEvent.Phase {
    fileprivate var shown: ProgressItem.Phase {
        switch self {
        case .working: .working
        case .done: .done
        case .warning: .warning
        case .error: .error
        }
    }
}
