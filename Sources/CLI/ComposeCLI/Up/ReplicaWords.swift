internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Reconciler
internal import TerminalUI

/// `web=3` … as replicas by service.
func parseScale(_ entries: [String]) throws(CommandError) -> [String: Int] {
    var result: [String: Int] = [:]
    for entry in entries {
        let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let number = Int(parts[1]) else {
            throw CommandError("invalid --scale option \"\(entry)\". Should be SERVICE=NUM")
        }
        if number < 0 { throw CommandError("invalid --scale option \"\(entry)\": the number is negative") }
        result[parts[0]] = number
    }
    return result
}
