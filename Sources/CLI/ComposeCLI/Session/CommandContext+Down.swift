internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Reconciler
internal import TerminalUI

extension CommandContext {
    func takeDown(_ services: [String], _ options: DownOptions) throws {
        try queued(services: services) { state in
            let plan = try planDown(state.project, named: state.name, state.observed, options)
            // Runs programs of the host in words of the file.
            let isProvided = try state.project.map { try !providedServices(of: $0).isEmpty } ?? false
            if plan.isEmpty && !isProvided {
                warnPlain("Warning: No resource found to remove for project \"\(state.name)\".")
            }
            if isProvided, let project = state.project { try confirmRemoteFiles(of: project, yes: root.dryRun) }
            try carryOut(plan, title: "Running")
            if let project = state.project { try withdraw(project, services: services) }
        }
        // One that was killed before may have forgotten what it had not yet removed: no plan shows that.
        do throws(EngineError) { _ = try engine().reconcile() } catch { warn("remains cannot be removed: \(error)") }
    }

    /// A strict boolean of the environment.
    func flag(_ name: String) -> Bool { RootOptions.boolean(environment[name] ?? "") ?? false }

    /// A line on standard error that is no log record.
    func warnPlain(_ text: String) { errors.line(text) }
}
