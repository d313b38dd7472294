internal import Dockerfile
internal import EngineModel
internal import Primitives

/// What errors about a Dockerfile are made with.
struct ErrorPlaces: Sendable {
    /// As the user named it.
    var name: String
    var lines: [String]

    /// Lines shown before and after the instruction.
    private static let around = 2

    /// Runs what fails without a place in the file.
    func placing<Result>(_ body: () throws -> Result) throws(BuildError) -> Result {
        do {
            return try body()
        } catch {
            throw self.error(EngineError(error))
        }
    }

    func error(_ error: EngineError) -> BuildError {
        var result = BuildError(error.code, dockerfile: name, error.description, hint: error.hint)
        result.causes = error.causes
        return result
    }

    func error(_ error: PlanError) -> BuildError {
        var result = BuildError(error.code, dockerfile: name, error.reason, hint: error.hint)
        result.instruction = error.instruction
        place(error.location, in: &result)
        return result
    }

    func error(_ error: DockerfileError) -> BuildError {
        var result = BuildError(.invalid, dockerfile: name, error.reason, hint: error.hint ?? "")
        result.instruction = error.instruction
        place(error.location, in: &result)
        return result
    }

    func error(_ failure: StepFailure) -> BuildError {
        guard let step = failure.step, failure.error.code != .cancelled else { return error(failure.error) }
        let error = failure.error
        let reason = error.subject == "RUN" ? error.reason : error.description
        var result = BuildError(error.code, dockerfile: name, reason, hint: error.hint)
        result.instruction = step.instruction
        result.step = step.name
        result.exitCode = failure.exitCode
        result.lastOutput = failure.lastOutput
        result.causes = error.causes
        place(step.location, in: &result)
        return result
    }

    private func place(_ location: LineRange?, in error: inout BuildError) {
        guard let location, location.first >= 1, location.first <= location.last else { return }
        error.lines = location.first...location.last
        let first = max(1, location.first - Self.around)
        let last = min(lines.count, location.last + Self.around)
        guard first <= last else { return }
        error.excerpt = (first...last).map { number in
            let digits = "\(number)"
            let padding = String(repeating: " ", count: max(0, 4 - digits.count))
            let mark = (location.first...location.last).contains(number) ? ">>>" : "   "
            return "\(padding)\(digits) | \(mark) \(lines[number - 1])"
        }
    }
}
