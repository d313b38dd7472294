internal import EngineModel
internal import TerminalUI

/// What the commands on volumes and networks share.
extension CommandContext {
    /// In a trial: what would have been done. Else the command's own output says it.
    func tell(_ resource: String, _ status: String) {
        if !root.dryRun { return }
        let display = progress("Running")
        display.report(ProgressItem(resource, status, .done))
        display.finish()
    }

    /// Removes one after the other and prints its name; what goes wrong with one does not keep the others. Returns the exit
    /// code.
    func removeEach(
        _ names: [String], kind: String, force: Bool, _ remove: (String) throws(EngineError) -> Void
    ) -> Int32 {
        var code: Int32 = 0
        for name in names {
            do throws(EngineError) {
                try remove(name)
                tell("\(kind) \(name)", "Removed")
                output.line(name)
            } catch {
                if force, error.code == .notFound { continue }
                output.flush()
                errors.line(error.description)
                if !error.hint.isEmpty { errors.line("hint: \(error.hint)") }
                code = 1
            }
        }
        return code
    }

    /// Asks, unless `force`, whether what `warning` says shall be done.
    func confirmsPrune(_ warning: String, force: Bool) -> Bool {
        if force { return true }
        output.line(warning)
        return Prompt.confirm("Are you sure you want to continue?", fallback: false, output: output)
    }
}
