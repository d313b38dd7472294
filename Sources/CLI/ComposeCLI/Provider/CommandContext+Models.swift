internal import ComposeModel
internal import Primitives
internal import TerminalUI

/// AI models (`models`), which docker's plugin `model` pulls and runs.
extension CommandContext {
    /// Pulls and configures the models that services of `project` use, and tells these where they are.
    func serveModels(_ project: Project) throws -> Project {
        var project = project
        let used = Set(project.services.values.flatMap { $0.models.keys }).sorted()
        if used.isEmpty { return project }
        guard let plugin = ClientPlugin("model", environment: project.environment) else {
            throw CommandError(
                "'models' support requires Docker Model plugin",
                hint: "install docker-model, or take \"models\" out of the services that use them")
        }
        let present = try presentModels(plugin)
        for key in used {
            guard let config = project.models[key], let model = config.model else { continue }
            try prepare(model, config, present, plugin)
        }
        guard let status = plugin.output(["status", "--json"]).flatMap({ try? JSONValue(parsing: $0) }),
            let endpoint = status["endpoint"]?.text
        else { throw CommandError("error checking docker-model status") }
        for name in project.services.keys {
            for (key, use) in project.services[name]?.models ?? [:] {
                let prefix = key.uppercased().replacing("-", with: "_")
                project.services[name]?.environment[use?.modelVariable ?? "\(prefix)_MODEL"] =
                    project.models[key]?.model
                project.services[name]?.environment[use?.endpointVariable ?? "\(prefix)_URL"] = endpoint
            }
        }
        return project
    }

    private func presentModels(_ plugin: ClientPlugin) throws -> Set<String> {
        guard let text = plugin.output(["ls", "--json"]), let list = try? JSONValue(parsing: text) else {
            throw CommandError("error listing the models of docker-model")
        }
        return Set(list.elements.flatMap { $0["tags"]?.elements ?? [] }.compactMap(\.text))
    }

    private func prepare(
        _ model: String, _ config: ModelConfig, _ present: Set<String>, _ plugin: ClientPlugin
    ) throws {
        let display = progress("Running")
        defer { display.finish() }
        if !present.contains(model) {
            display.report(ProgressItem(model, "Pulling", .working))
            let code = try plugin.run(["pull", model]) { line in
                display.report(ProgressItem(model, String(decoding: line, as: UTF8.self), .working))
            }
            if code != 0 { throw CommandError("failed to pull model \(model): exit status \(code)") }
            display.report(ProgressItem(model, "Pulled", .done))
        }
        var words = ["configure"]
        if let size = config.contextSize, size > 0 { words += ["--context-size", "\(size)"] }
        words.append(model)
        if !config.runtimeFlags.isEmpty { words += ["--"] + config.runtimeFlags }
        display.report(ProgressItem(model, "Configuring", .working))
        let code = try plugin.run(words) { _ in }
        if code != 0 { throw CommandError("failed to configure model \(model): exit status \(code)") }
        display.report(ProgressItem(model, "Configured", .done))
    }
}
