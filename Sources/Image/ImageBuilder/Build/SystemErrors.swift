internal import EngineModel
internal import SystemPackage

/// Runs system calls; their error is told with what was being done to what.
@discardableResult
func system<Result: ~Copyable>(
    _ subject: String, _ what: String, _ body: () throws(Errno) -> Result
) throws(EngineError) -> Result {
    do throws(Errno) {
        return try body()
    } catch {
        let code: EngineError.Code =
            switch error {
            case .noSpace, .diskQuotaExceeded: .noSpace
            case .permissionDenied, .notPermitted: .permission
            default: .system
            }
        throw EngineError(code, subject, "\(what): \(error.description)")
    }
}
