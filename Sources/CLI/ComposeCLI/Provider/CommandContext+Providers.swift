internal import ComposeModel
internal import EngineModel
internal import Reconciler
internal import TerminalUI

/// Services that a program of the host provides instead of containers (`provider`).
extension CommandContext {
    /// Lets the providers of `project` do their work, each after those that it depends on, and gives the services that
    /// depend on them what they say.
    ///
    /// - Returns: the project that is left to be made of containers.
    func provide(_ project: Project) throws -> Project {
        var project = project
        for service in try providedServices(of: project) {
            if !root.dryRun {
                let variables = try call(.up, service, of: project)
                for name in project.services.keys where project.services[name]?.dependsOn[service.name] != nil {
                    for (key, value) in variables {
                        project.services[name]?.environment["\(service.name.uppercased())_\(key)"] = value
                    }
                }
            }
            project.disabledServices[service.name] = project.services.removeValue(forKey: service.name)
        }
        return try root.dryRun ? project : serveModels(project)
    }

    /// Takes back what ``provide(_:)`` made, for all services or those named.
    func withdraw(_ project: Project, services: [String]) throws {
        if root.dryRun { return }
        for service in try providedServices(of: project).reversed()
        where services.isEmpty || services.contains(service.name) {
            _ = try call(.down, service, of: project)
        }
    }

    private func call(
        _ action: ProviderMetadata.Action, _ service: Service, of project: Project
    ) throws -> [String: String] {
        guard let provider = service.provider else { return [:] }
        if provider.type == "compose" { throw CommandError("'compose' is not a valid provider type") }
        let environment = project.environment.merging(self.environment) { file, _ in file }
        guard let plugin = ClientPlugin(provider.type, alsoCalled: provider.type, environment: environment) else {
            throw CommandError(
                "service \"\(service.name)\": exec: \"\(provider.type)\": executable file not found in $PATH",
                hint: "its provider is a program \(provider.type), or docker's plugin docker-\(provider.type)")
        }
        let metadata = plugin.output(["compose", "metadata"]).map { ProviderMetadata($0) } ?? .silent
        let arguments = try metadata.arguments(action, project: project.name, service: service.name, provider)
        let display = progress("Running")
        defer { display.finish() }
        display.report(ProgressItem(service.name, action == .up ? "Creating" : "Removing", .working))
        var variables: [String: String] = [:]
        do {
            let code = try plugin.run(arguments) { line in
                switch try ProviderMessage(line) {
                case .info(let text): display.report(ProgressItem(service.name, text, .working))
                case .error(let text): throw CommandError(text)
                case .debug(let text): if root.debug { errors.line("\(service.name): \(text)") }
                case .setEnvironment(let name, let value): variables[name] = value
                }
            }
            if code != 0 {
                let verb = action == .up ? "create" : "remove"
                throw CommandError("failed to \(verb) service provider: exit status \(code)")
            }
        } catch {
            display.report(ProgressItem(service.name, "Error", .error))
            throw error
        }
        display.report(ProgressItem(service.name, action == .up ? "Created" : "Removed", .done))
        return variables
    }
}
