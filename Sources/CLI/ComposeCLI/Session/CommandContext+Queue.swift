internal import ComposeModel
internal import EngineModel
internal import Primitives
internal import Reconciler

extension CommandContext {
    /// Runs `body` while no other command changes the project. After a second of waiting it is told for which one.
    ///
    /// What waits for the user, or stays as long as a container runs, has to be outside. Not to be nested.
    func queued<Result>(
        _ project: String, cancellation: Cancellation = Cancellation(), _ body: () throws -> Result
    ) throws -> Result {
        let turn = try engine().holdProject(project, for: root.rest.first ?? "", cancellation: cancellation) { work in
            let other = work.map { "`compose \($0.command)` (process \($0.process))" } ?? "another command"
            warn("waiting for \(other), which works on project \(project)")
        }
        defer { turn.release() }
        return try body()
    }

    /// Loads the project, or takes its name, and hands what there is of it to `body` while no other command changes it.
    ///
    /// - Parameter services: named on the command line; unknown ones are an error when there is a file.
    func queued<Result>(services: [String], _ body: (ProjectState) throws -> Result) throws -> Result {
        let (project, name) = try projectOrName()
        if let project { try check(services, in: project) }
        return try queued(name) { try body(state(project, named: name, services: services)) }
    }

    /// The same for what does not have to wait.
    func state(services: [String]) throws -> ProjectState {
        let (project, name) = try projectOrName()
        if let project { try check(services, in: project) }
        return try state(project, named: name, services: services)
    }

    private func state(_ project: Project?, named name: String, services: [String]) throws -> ProjectState {
        let engine = try engine()
        let observed =
            if let project { try observe(project, engine: engine) } else {
                try observe(projectNamed: name, engine: engine)
            }
        let scope = ProjectScope(project: project, observed: observed, named: Set(services))
        return ProjectState(project: project, name: name, observed: observed, scope: scope)
    }
}
