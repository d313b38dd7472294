internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import ImageBuilder
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import SystemPackage
internal import TerminalUI

/// `compose image build`, with the options of `docker build`.
struct ImageBuildCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(1)

    @OptionGroup var options: ImageBuildOptions
    @OptionGroup var access: ImageBuildAccess
    @Flag(help: "Check the Dockerfile, build nothing")
    var check = false
    @Option(help: "Write the image ID to a file")
    var iidfile: String?
    @Flag(help: ArgumentHelp("Load the image: it is always in this host's store", visibility: .hidden))
    var load = false
    @Option(help: "Write build result metadata to a file")
    var metadataFile: String?
    @Option(name: .shortAndLong, help: "Output destination (format: \"type=local,dest=path\")")
    var output: [String] = []
    @Option(help: "Set type of progress output (auto, plain, tty, quiet, rawjson)")
    var progress: String?
    @Flag(help: "Push the image to its registry")
    var push = false
    @Flag(name: .shortAndLong, help: "Suppress the build output and print image ID on success")
    var quiet = false
    @Argument(help: "PATH | URL | -")
    var contexts: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        let interruption = try Interruption()
        let outputs = try outputs()
        let input = try BuildInput(contexts[0], file: options.file, workingDirectory: context.workingDirectory)
        var request = BuildRequest(context: input.context)
        request.dockerfile = input.dockerfile
        request.environment = context.environment
        try options.apply(to: &request, context)
        try access.apply(to: &request, context)
        for warning in options.warnings { context.warn(warning) }
        if check {
            let findings = try BuildFindings(of: request)
            context.output.write(findings.text)
            return findings.clean ? 0 : 1
        }
        let built = try build(request, context, interruption.cancellation)
        if quiet { context.output.line(built.id) }
        try record(built, context)
        for output in outputs { try output.write(built, from: images, context) }
        if outputs.contains(.registry) {
            let display: any ProgressDisplay = quiet ? QuietProgress() : context.progress("Pushing")
            defer { display.finish() }
            try context.push(
                built.names.map(\.description), display: display, ignoringFailures: false,
                cancellation: interruption.cancellation)
        }
        return 0
    }

    private func build(
        _ request: BuildRequest, _ context: CommandContext, _ cancellation: Cancellation
    ) throws -> BuiltImage {
        let screen = BuildScreen(
            try context.buildDisplay(context.errors, mode: progress, quiet: quiet || progress == "quiet"))
        defer { screen.finish() }
        let source = try context.imageSource()
        do throws(BuildError) {
            return try source.build(request, cancellation: cancellation) { screen.report($0, of: "") }
        } catch {
            screen.finish()
            let failure = BuildFailure(error, service: "", step: screen.failedStep)
            if progress != "rawjson" { context.errors.write(failure.details) }
            throw failure
        }
    }

    private func outputs() throws(CommandError) -> [BuildOutput] {
        var outputs: [BuildOutput] = []
        for words in output { outputs.append(try BuildOutput(words)) }
        if push { outputs.append(.registry) }
        if outputs.contains(.registry) && options.tag.isEmpty {
            throw CommandError("a pushed image needs a name", hint: "give one with -t")
        }
        return outputs
    }

    private func record(_ built: BuiltImage, _ context: CommandContext) throws(CommandError) {
        if let iidfile { try context.write(Array(built.id.utf8), to: iidfile) }
        if let metadataFile {
            let names = built.names.map(\.description).joined(separator: ",")
            let metadata: JSONValue = [
                "containerimage.config.digest": .string(built.id), "image.name": .string(names),
            ]
            try context.write(Array("\(metadata.indented(by: "  "))\n".utf8), to: metadataFile)
        }
    }
}
