internal import ArgumentParser
internal import ComposeLoader
internal import EngineModel
internal import ImageBuilder
internal import Primitives
internal import Reconciler
internal import TerminalUI

/// An error as it is shown: what failed, what can be done about it, and the exit code.
struct RenderedError: Equatable {
    var message: String
    var hint = ""
    var exitCode: Int32 = 1
    /// The mistakes of Compose files that `message` lists.
    var problems: [Diagnostic] = []
    /// What lay behind it, the nearest first: for `--debug`.
    var causes: [String] = []

    init(_ message: String, hint: String = "", exitCode: Int32 = 1) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }

    /// nil for an error about which everything was said.
    init?(_ error: any Error) {
        switch error {
        case is ExitCode: return nil
        case let error as CommandError: self.init(error.message, hint: error.hint, exitCode: error.exitCode)
        case let error as LoadFailure:
            self.init(error.description)
            problems = error.problems
        case let error as EngineError:
            self.init(error.description, hint: error.hint, exitCode: error.code == .cancelled ? 130 : 1)
        case let failure as BuildFailure:
            self.init(
                failure.error.code == .cancelled ? "canceled" : failure.message, hint: failure.error.hint,
                exitCode: failure.error.code == .cancelled ? 130 : 1)
        case let error as PlanFailure: self.init(error.message, hint: error.hint)
        case let error as ExecutionFailure:
            self.init(
                error.cancelled ? "canceled" : error.description,
                hint: error.failures.first { !$0.hint.isEmpty }?.hint ?? "", exitCode: error.cancelled ? 130 : 1)
        case let error as ValidationError: self.init(error.message)
        default: self.init("\(error)")
        }
        causes = Self.causes(of: error)
    }

    private static func causes(of error: any Error) -> [String] {
        switch error {
        case let failure as BuildFailure: failure.error.causes
        case let failure as ExecutionFailure: failure.failures.flatMap(\.causes)
        default: (error as? any Explained)?.causes ?? []
        }
    }

    /// With the line of the file under each mistake, and a caret under its place.
    var messageWithSource: String {
        var lines: [String] = []
        for problem in problems {
            lines.append(problem.description)
            if let source = problem.source {
                lines.append("    " + source.text)
                lines.append(String(repeating: " ", count: 4 + source.offset) + "^")
            }
        }
        let told = problems.map(\.description).joined(separator: "\n").utf8.count
        let rest = message.utf8.dropFirst(told + 1)
        if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
        return lines.joined(separator: "\n")
    }

    /// - Parameter debug: With what lay behind the error.
    func print(on writer: OutputWriter, json: Bool, debug: Bool = false) {
        if json {
            let object: JSONValue = ["error": true, "message": .string(message)]
            writer.line(object.description)
            return
        }
        var lines = [writer.isTerminal && !problems.isEmpty ? messageWithSource : message]
        if !hint.isEmpty { lines.append("hint: \(hint)") }
        if debug { lines += causes.map { "caused by: \($0)" } }
        // Names of files in images and what registries say are in it.
        for line in lines { writer.line(line.withoutControlsInLines) }
    }
}
