internal import ComposeModel
internal import EngineModel
internal import ImageBuilder
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import Synchronization
internal import TerminalUI

/// Builds the images of a plan, those that need others after these.
final class BuildWork: Sendable {
    private struct State {
        /// Images, by service.
        var results: [String: String] = [:]
        var built: [String] = []
        var failure: (any Error)?
        var failedService = ""
    }

    private let project: Project
    private let builds: [SupplyPlan.Build]
    private let overrides: BuildOverrides
    private let context: CommandContext
    private let screen: BuildScreen
    private let caller: Cancellation
    /// Ends the other builds when one fails.
    private let cancellation = Cancellation()
    private let state = Mutex(State())

    /// - Parameter builds: `after` are indices into it.
    init(
        _ project: Project, _ builds: [SupplyPlan.Build], _ overrides: BuildOverrides, context: CommandContext,
        screen: BuildScreen, cancellation: Cancellation
    ) {
        self.project = project
        self.builds = builds
        self.overrides = overrides
        self.context = context
        self.screen = screen
        caller = cancellation
    }

    /// Returns the services that were built, sorted. The display is finished afterwards.
    ///
    /// - Throws: ``BuildFailure`` for the first build that failed.
    func run(source: any ImageSource, limit: Int) throws -> [String] {
        let token = caller.onCancel { [cancellation] in cancellation.cancel() }
        defer { caller.forget(token) }
        defer { screen.finish() }
        try TaskGraph.run(dependencies: builds.map(\.after), limit: limit) { [self] in build($0, source) }
        screen.finish()
        if caller.isCancelled { throw ExitCode.interrupted }
        return try state.withLock { state in
            if let error = state.failure as? BuildError {
                throw BuildFailure(error, service: state.failedService, step: screen.failedStep)
            }
            if let error = state.failure { throw error }
            return state.built.sorted()
        }
    }

    private func build(_ index: Int, _ source: any ImageSource) {
        let name = builds[index].service
        if cancellation.isCancelled { return }
        guard let service = project.allServices[name], let config = service.build else { return }
        let request = ServiceBuild(
            project, service, config, overrides, results: state.withLock(\.results))
        do {
            let made = try request.request()
            let screen = screen
            let image = try source.build(made, cancellation: cancellation) { screen.report($0, of: name) }
            state.withLock { state in
                state.results[name] = image.id
                state.built.append(name)
            }
        } catch {
            state.withLock { state in
                if state.failure != nil { return }
                state.failure = error
                state.failedService = name
            }
            cancellation.cancel()
        }
    }
}
