internal import ComposeModel
internal import EngineModel
internal import ImageBuilder
internal import LinuxSystem
internal import Reconciler
internal import Synchronization
internal import TerminalUI

/// A build that failed, as the user is told: the place in the Dockerfile, the last output, the reason.
struct BuildFailure: Error {
    let error: BuildError
    /// Empty for a build without one.
    let service: String
    /// As it was shown.
    let step: FailedBuildStep

    init(_ error: BuildError, service: String, step: FailedBuildStep) {
        self.error = error
        self.service = service
        self.step = step
    }

    /// What is printed before the message.
    var details: String {
        let shown = error.step.map { BuildScreen.name($0, of: service) }
        let isShown = step.name == shown && !step.lastOutput.isEmpty
        return BuildFailureText(
            step: shown, lastOutput: isShown ? step.lastOutput : error.lastOutput, dockerfile: error.dockerfile,
            line: error.lines?.lowerBound,
            excerpt: error.excerpt
        ).text
    }

    var message: String {
        if error.excerpt.isEmpty, let line = error.lines?.lowerBound {
            return "failed to solve: \(error.dockerfile):\(line): \(error.reason)"
        }
        return "failed to solve: \(error.reason)"
    }
}
