internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import Engine
internal import Reconciler
internal import TerminalUI

/// Images come from archives: these commands say so, and succeed where there is nothing to do.
struct PullCommand: ComposeCommand {
    static let configuration = CommandConfiguration(commandName: "compose pull", abstract: "Pull service images")

    @Flag(help: "Ignore images that can be built")
    var ignoreBuildable = false
    @Flag(help: "Pull what it can and ignores images with pull failures")
    var ignorePullFailures = false
    @Flag(help: "Also pull services declared as dependencies")
    var includeDeps = false
    @Option(help: "Apply pull policy (\"missing\"|\"always\")")
    var policy = "missing"
    @Flag(name: .shortAndLong, help: "Pull without printing progress information")
    var quiet = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let project = try context.project(services: services, policy: includeDeps ? .dependencies : .none)
        let engine = try context.engine()
        let display = context.progress("Pulling")
        defer { display.finish() }
        for name in project.serviceNames {
            guard let service = project.services[name] else { continue }
            if service.build != nil && (ignoreBuildable || service.image == nil) { continue }
            let reference = project.imageReference(of: service)
            if policy != "always", try engine.image(reference) != nil {
                display.report(.init(name, "Skipped - Image is already present locally", .done))
                continue
            }
            if ignorePullFailures {
                display.report(.init(name, "Warning", .warning, detail: "pulling images is not available yet"))
                continue
            }
            throw CommandError(
                "image \(reference): pulling images is not available yet",
                hint: "load it with `compose image load -i FILE`")
        }
        return 0
    }
}

struct PushCommand: ComposeCommand {
    static let configuration = CommandConfiguration(commandName: "compose push", abstract: "Push service images")

    @Argument(parsing: .allUnrecognized, help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        throw CommandError(
            "pushing images is not available yet", hint: "save them with `compose image save -o FILE`")
    }
}

struct BuildCommand: ComposeCommand {
    static let configuration = CommandConfiguration(commandName: "compose build", abstract: "Build or rebuild services")

    @Argument(parsing: .allUnrecognized, help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        throw ImageSupply.buildError
    }
}
