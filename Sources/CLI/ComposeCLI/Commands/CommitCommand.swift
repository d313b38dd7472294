internal import ArgumentParser
internal import Engine
internal import Glibc
internal import ImageStore
internal import LinuxSystem
internal import OCIImage
internal import Reconciler
internal import StateStore
internal import Synchronization
internal import SystemPackage
internal import TerminalUI

/// Makes an image of one layer from all files of a container, with its settings.
struct CommitCommand: ComposeCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose commit", abstract: "Create a new image from a service container's changes")

    @Option(name: .shortAndLong, help: "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")")
    var author: String?
    @Option(name: .shortAndLong, parsing: .unconditionalSingleValue, help: "Apply Dockerfile instruction to the image")
    var change: [String] = []
    @Option(help: "Index of the container if service has multiple replicas")
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
        display.report(ProgressItem("Container \(container.name)", "Committing", .working))
        if context.root.dryRun { return 0 }
        let pauses = pause && container.state == .running
        if pauses { try engine.pauseContainer(container.id) }
        defer { if pauses { try? engine.unpauseContainer(container.id) } }
        let id = try makeImage(of: container, engine)
        display.report(ProgressItem("Container \(container.name)", "Committed as \(id)", .done))
        return 0
    }

    private func makeImage(of container: Container, _ engine: any Engine) throws -> String {
        let images = ImageStore(try StateStore(DataLayout.fromEnvironment()))
        let image = try images.resolve(container.imageID)
        let pipe = try Descriptor.pipe()
        let (readingEnd, writing) = (pipe.read.take(), pipe.write.take())
        let reading = Descriptor(owning: readingEnd)
        let failure = FirstFailure()
        let done = Semaphore()
        try startThread(name: "export") {
            do throws(EngineError) {
                try engine.export(container.id, to: writing)
            } catch {
                failure.note(error)
            }
            close(writing)
            done.signal()
        }
        let id: String
        do throws(EngineError) {
            id = try images.importRoot(
                reading.raw, subject: "container \(container.name)",
                base: Self.settings(container.configuration, image?.configuration), changes: change, author: author,
                message: message, name: name)
        } catch {
            // What the export complains of explains a broken archive better.
            throw failure.error ?? error
        }
        done.wait()
        if let error = failure.error { throw error }
        return id
    }

    /// The image's settings with the container's over them, without what belongs to the project.
    private static func settings(
        _ container: ContainerConfiguration, _ image: ImageConfiguration.Execution?
    ) -> ImageConfiguration.Execution {
        var result = image ?? ImageConfiguration.Execution()
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

private final class FirstFailure: Sendable {
    private let state = Mutex<EngineError?>(nil)

    var error: EngineError? { state.withLock { $0 } }

    func note(_ error: EngineError) {
        state.withLock { $0 = $0 ?? error }
    }
}
