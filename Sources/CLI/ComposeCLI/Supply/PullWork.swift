internal import EngineModel
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import Registry
internal import Synchronization
internal import TerminalUI

/// Pulls the images of a plan, several at a time.
final class PullWork: Sendable {
    struct Outcome: Sendable {
        /// By the pull's index: why it failed.
        var failures: [Int: EngineError] = [:]
    }

    private let plan: SupplyPlan
    private let source: any ImageSource
    private let display: any ProgressDisplay
    private let quiet: Bool
    /// Goes on with the other images when one that nothing can replace has failed.
    private let goesOn: Bool
    private let caller: Cancellation
    /// Ends the other pulls when one fails.
    private let cancellation = Cancellation()
    private let outcome = Mutex(Outcome())

    init(
        _ plan: SupplyPlan, source: any ImageSource, display: any ProgressDisplay, quiet: Bool, goesOn: Bool,
        cancellation: Cancellation
    ) {
        self.plan = plan
        self.source = source
        self.display = display
        self.quiet = quiet
        self.goesOn = goesOn
        caller = cancellation
    }

    func run(limit: Int) throws -> Outcome {
        let token = caller.onCancel { [cancellation] in cancellation.cancel() }
        defer { caller.forget(token) }
        try TaskGraph.run(dependencies: plan.pulls.map { _ in [] }, limit: limit) { [self] in pull($0) }
        if caller.isCancelled { throw ExitCode.interrupted }
        return outcome.withLock(\.self)
    }

    private func pull(_ index: Int) {
        let pull = plan.pulls[index]
        report(pull, "Pulling", .working)
        do {
            let platform = try pull.platform.map { text throws(GrammarError) in try Platform(parsing: text) }
            let reference = try ImageReference(pull.image)
            let (display, quiet, parent) = (display, quiet, pull.services[0])
            _ = try source.pull(reference, platform: platform, cancellation: cancellation) { event in
                if quiet || event.layer.isEmpty { return }
                display.report(TransferProgress.item(event, id: event.layer, parent: parent, pushing: false))
            }
            report(pull, "Pulled", .done)
        } catch {
            failed(index, error as? EngineError ?? EngineError(.invalid, "image \(pull.image)", "\(error)"))
        }
    }

    private func failed(_ index: Int, _ error: EngineError) {
        let pull = plan.pulls[index]
        if cancellation.isCancelled { return report(pull, "Interrupted", .warning) }
        outcome.withLock { $0.failures[index] = error }
        let words = pull.mayFail ? "Warning" : "Error"
        report(pull, words, pull.mayFail ? .warning : .error, detail: error.reason)
        if !pull.mayFail && !goesOn { cancellation.cancel() }
    }

    private func report(
        _ pull: SupplyPlan.Pull, _ status: String, _ phase: ProgressItem.Phase, detail: String = ""
    ) {
        for service in pull.services { display.report(ProgressItem(service, status, phase, detail: detail)) }
    }
}
