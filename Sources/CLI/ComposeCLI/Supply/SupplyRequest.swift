internal import ComposeModel
internal import EngineModel
internal import ImageBuilder
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

/// How a command that starts containers gets their images.
struct SupplyRequest {
    var options = SupplyOptions()
    var quietPull = false
    var quietBuild = false
    /// The builds' progress goes to standard error: standard output is a program's.
    var progressOnErrors = false

    /// The policy that `--pull` sets for all services; nil leaves them theirs.
    static func policy(_ word: String?) throws(CommandError) -> PullPolicy? {
        guard let word, word != "policy" else { return nil }
        guard ["always", "never", "build", "missing", "if_not_present"].contains(word) else {
            throw CommandError("invalid --pull option \"\(word)\"", hint: "it is always, missing, never or build")
        }
        return PullPolicy(word)
    }
}
