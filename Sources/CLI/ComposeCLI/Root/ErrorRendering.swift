internal import ArgumentParser
internal import ComposeLoader
internal import Engine
internal import Reconciler
internal import TerminalUI

/// An error as it is shown: what failed, what can be done about it, and the exit code.
struct RenderedError: Equatable {
    var message: String
    var hint = ""
    var exitCode: Int32 = 1

    /// nil for an error about which everything was said.
    init?(_ error: any Error) {
        switch error {
        case is ExitCode: return nil
        case let error as CommandError: (message, hint, exitCode) = (error.message, error.hint, error.exitCode)
        case let error as LoadFailure: message = error.description
        case let error as EngineError: self.init(engine: error)
        case let error as PlanFailure: (message, hint) = (error.message, error.hint)
        case let error as ExecutionFailure: self.init(execution: error)
        case let error as ValidationError: message = error.message
        default: message = "\(error)"
        }
    }

    private init(engine error: EngineError) {
        message = error.description
        hint = error.hint
        if error.code == .cancelled { exitCode = 130 }
    }

    private init(execution failure: ExecutionFailure) {
        message = failure.failures.map(\.description).joined(separator: "\n")
        hint = failure.failures.first { !$0.hint.isEmpty }?.hint ?? ""
        if failure.cancelled { exitCode = 130 }
    }

    func print(on writer: OutputWriter, json: Bool) {
        if json {
            writer.line("{\"error\":true,\"message\":\(JSONText.quoted(message))}")
            return
        }
        writer.line(message)
        if !hint.isEmpty { writer.line("hint: \(hint)") }
    }
}
