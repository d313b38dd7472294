internal import Dockerfile
internal import EngineModel
internal import Primitives

/// Why a Dockerfile cannot be turned into a plan, and where.
struct PlanError: Error, Sendable {
    var code: EngineError.Code
    var location: LineRange?
    /// The instruction's name in capitals.
    var instruction: String?
    var reason: String
    var hint: String

    init(
        _ code: EngineError.Code = .invalid, _ location: LineRange?, _ instruction: String?, _ reason: String,
        hint: String = ""
    ) {
        self.code = code
        self.location = location
        self.instruction = instruction
        self.reason = reason
        self.hint = hint
    }

    init(_ error: EngineError, _ location: LineRange? = nil, _ instruction: String? = nil) {
        self.init(error.code, location, instruction, error.description, hint: error.hint)
    }

    init(_ error: DockerfileError) {
        self.init(.invalid, error.location, error.instruction, error.reason, hint: error.hint ?? "")
    }
}
