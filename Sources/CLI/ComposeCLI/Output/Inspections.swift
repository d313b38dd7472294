internal import EngineModel
internal import Primitives
internal import TerminalUI

/// What docker's `inspect` commands have in common: several names, of which each may be unknown.
struct Inspections {
    private var values: [JSONValue] = []
    private var failures: [EngineError] = []

    /// Adds what `body` finds of one name; what goes wrong is told at the end.
    mutating func add(_ body: () throws(EngineError) -> JSONValue) {
        do throws(EngineError) {
            values.append(try body())
        } catch {
            failures.append(error)
        }
    }

    /// Returns the exit code.
    ///
    /// - Parameter format: empty, `json` or a template.
    func print(_ format: String, _ context: CommandContext) throws -> Int32 {
        try context.printDocuments(values, format)
        context.output.flush()
        for failure in failures { context.errors.line(failure.description) }
        return failures.isEmpty ? 0 : 1
    }
}

extension JSONValue {
    /// An object of texts, by name.
    init(texts: [String: String]) {
        self = .object(texts.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
    }
}
