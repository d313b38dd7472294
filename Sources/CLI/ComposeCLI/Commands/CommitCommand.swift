internal import ArgumentParser
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import StateStore
internal import TerminalUI

/// Makes an image of a container's changes: its own image, one layer more, with the container's settings.
struct CommitCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.between(1, 2)

    @Option(name: .shortAndLong, help: "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")")
    var author: String?
    @Option(name: .shortAndLong, help: .value("list", "Apply Dockerfile instruction to the created image"))
    var change: [String] = []
    @Option(help: .value("int", "Index of the container if service has multiple replicas"))
    var index = 0
    @Option(name: .shortAndLong, help: "Commit message")
    var message = ""
    @Flag(name: .shortAndLong, inversion: .prefixedNo, help: "Pause container during commit")
    var pause = true
    @Argument(help: "SERVICE")
    var service: String
    @Argument(help: "REPOSITORY[:TAG]")
    var name: String?

    func execute(_ context: CommandContext) throws -> Int32 {
        let container = try context.container(of: service, index: index, running: false)
        let engine = try context.engine()
        let display = context.progress("Committing")
        defer { display.finish() }
        let words = "Commit \(container.name)"
        display.report(ProgressItem(container.name, words, .working, detail: "Committing"))
        var outcome = "Committed"
        if !context.root.dryRun {
            let hold = pause && container.state == .running ? try engine.holdContainer(container.id) : nil
            outcome += " as " + (try withExtendedLifetime(hold) { try makeImage(of: container, context.images()) })
        }
        display.report(ProgressItem(container.name, words, .done, detail: outcome))
        return 0
    }

    private func makeImage(of container: Container, _ images: ImageStore) throws -> String {
        let subject = "container \(container.name)"
        guard let base = try images.resolve(container.imageID) else {
            throw EngineError(.notFound, subject, "its image \(container.imageID) is not here any more")
        }
        var commit = ImageCommit(
            upper: "\(DataLayout.fromEnvironment().container(container.id))/upper", base: base,
            execution: Self.settings(container.configuration, base.configuration))
        commit.changes = change
        commit.author = author
        commit.message = message
        commit.createdBy = container.arguments.joined(separator: " ")
        commit.mountPoints = Self.ownMountPoints + container.mounts.map(\.target)
        commit.name = name
        return try images.commit(commit, subject: subject)
    }

    /// What every container has mounted.
    private static let ownMountPoints = [
        "/dev", "/proc", "/sys", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf",
    ]

    /// The image's settings with the container's over them, without what belongs to the project.
    private static func settings(
        _ container: ContainerConfiguration, _ image: ImageConfiguration.Execution
    ) -> ImageConfiguration.Execution {
        var result = image
        var variables = result.environment ?? []
        for (name, value) in container.environment.sorted(by: { $0.key < $1.key }) {
            variables.removeAll { $0.hasPrefix("\(name)=") }
            if let value { variables.append("\(name)=\(value)") }
        }
        result.environment = variables
        if let entrypoint = container.entrypoint {
            result.entrypoint = entrypoint
            result.command = nil
        }
        result.command = container.command ?? result.command
        result.workingDirectory = container.workingDirectory ?? result.workingDirectory
        result.user = container.user ?? result.user
        result.stopSignal = container.stopSignal ?? result.stopSignal
        result.healthcheck = container.healthcheck ?? result.healthcheck
        result.exposedPorts = Set(result.exposedPorts).union(container.exposedPorts).sorted()
        for (key, value) in container.labels where !key.hasPrefix("com.docker.compose.") { result.labels[key] = value }
        return result
    }
}
