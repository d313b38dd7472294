internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import TerminalUI

/// Loads the project and prints it in canonical form, or one aspect of it.
struct ConfigCommand: ComposeCommand {
    @Flag(help: "Print environment used for interpolation.")
    var environment = false
    @Option(help: "Format the output. Values: [yaml | json]")
    var format = ""
    @Option(help: "Print the service config hash, one per line.")
    var hash = ""
    @Flag(help: "Print the image names, one per line.")
    var images = false
    @Flag(help: "Produces an override file with image digests")
    var lockImageDigests = false
    @Flag(help: "Print the model names, one per line.")
    var models = false
    @Flag(help: "Print the network names, one per line.")
    var networks = false
    @Flag(help: "Don't check model consistency - warning: may produce invalid Compose output")
    var noConsistency = false
    @Flag(help: "Don't resolve service env files. No effect, as in docker compose: they are resolved.")
    var noEnvResolution = false
    @Flag(help: "Don't interpolate environment variables")
    var noInterpolate = false
    @Flag(help: "Don't normalize compose model")
    var noNormalize = false
    @Flag(help: "Don't resolve file paths")
    var noPathResolution = false
    @Option(name: .shortAndLong, help: "Save to file (default to stdout)")
    var output = ""
    @Flag(help: "Print the profile names, one per line.")
    var profiles = false
    @Flag(name: .shortAndLong, help: "Only validate the configuration, don't print anything")
    var quiet = false
    @Flag(help: "Pin image tags to digests")
    var resolveImageDigests = false
    @Flag(name: .customLong("services"), help: "Print the service names, one per line.")
    var showServices = false
    @Flag(help: "Print model variables and default values.")
    var variables = false
    @Flag(help: "Print the volume names, one per line.")
    var volumes = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        if showServices { return try list(context) { $0.serviceNames } }
        if volumes { return try list(context) { $0.volumes.keys.sorted() } }
        if networks { return try list(context) { $0.networks.keys.sorted() } }
        if models { return try list(context) { $0.models.values.compactMap(\.model).sorted() } }
        if !hash.isEmpty { return try printHashes(context) }
        if profiles { return try list(context) { Set($0.allServices.values.flatMap(\.profiles)).sorted() } }
        if images { return try printImages(context) }
        if variables { return try printVariables(context) }
        if environment { return try printEnvironment(context) }
        return try printProject(context)
    }

    private func options(_ context: CommandContext, services: [String] = []) -> LoadOptions {
        var options = context.loadOptions(services: services)
        options.normalize = !noNormalize && !context.root.compatibility
        options.resolvePaths = !noPathResolution
        options.checkConsistency = !noConsistency
        return options
    }

    private func load(_ context: CommandContext, _ options: LoadOptions) throws(LoadFailure) -> Project {
        let result = try loadProject(options, files: HostFiles())
        for warning in result.warnings { context.warn(warning.description) }
        return result.project
    }

    /// Names need no env files.
    private func list(_ context: CommandContext, _ names: (Project) -> [String]) throws -> Int32 {
        var options = options(context)
        options.resolveEnvironment = false
        for name in names(try load(context, options)) { context.output.line(name) }
        return 0
    }

    private func printHashes(_ context: CommandContext) throws -> Int32 {
        let project = try load(context, options(context))
        let names = hash == "*" ? project.serviceNames : hash.split(separator: ",").map(String.init).sorted()
        for name in names {
            guard let service = project.services[name] else {
                let known = project.disabledServices[name] != nil
                throw CommandError("no such service: \(name): \(known ? "disabled" : "not found")")
            }
            context.output.line("\(name) \(configurationHash(of: service))")
        }
        return 0
    }

    private func printImages(_ context: CommandContext) throws -> Int32 {
        var options = options(context, services: services)
        options.resolveEnvironment = false
        let project = try load(context, options)
        for name in project.serviceNames {
            guard let service = project.services[name] else { continue }
            context.output.line(service.image ?? "\(project.name)\(context.separator)\(name)")
        }
        return 0
    }

    private func printVariables(_ context: CommandContext) throws -> Int32 {
        var table = Table(["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"], minimumWidth: 20)
        for variable in try projectVariables(options(context), files: HostFiles()) {
            table.add([
                variable.name, variable.required ? "true" : "false", variable.defaultValue, variable.alternateValue,
            ])
        }
        context.output.write(table.text)
        return 0
    }

    private func printEnvironment(_ context: CommandContext) throws -> Int32 {
        var options = options(context)
        options.resolveEnvironment = false
        let project = try load(context, options)
        for (name, value) in project.environment.sorted(by: { $0.key < $1.key }) {
            context.output.line("\(name)=\(value)")
        }
        return 0
    }

    private func printProject(_ context: CommandContext) throws -> Int32 {
        guard let format = format.isEmpty ? .yaml : ConfigFormat(rawValue: format) else {
            throw CommandError("unsupported format \"\(self.format)\"", hint: "it is yaml or json")
        }
        if noInterpolate {
            let document = try renderDocument(options(context), files: HostFiles(), as: format)
            for warning in document.warnings { context.warn(warning.description) }
            try print(document.text, context)
            return 0
        }
        var project = try load(context, options(context, services: services))
        if resolveImageDigests || lockImageDigests { try context.resolveImages(of: &project) }
        if lockImageDigests {
            try print(renderImages(of: project, as: format), context)
        } else if quiet || !output.isEmpty {
            try print(quiet ? "" : renderProject(project, as: format), context)
        } else {
            writeProject(project, as: format) { context.output.write($0) }
        }
        return 0
    }

    private func print(_ text: String, _ context: CommandContext) throws(CommandError) {
        if quiet { return }
        if output.isEmpty {
            context.output.write(text)
        } else {
            try context.write(Array(text.utf8), to: output)
        }
    }
}
