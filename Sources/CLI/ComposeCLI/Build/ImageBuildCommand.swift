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
struct ImageBuildCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image build", abstract: "Build an image from a Dockerfile")

    @OptionGroup var options: ImageBuildOptions
    @OptionGroup var access: ImageBuildAccess
    @Flag(help: "Check the Dockerfile, build nothing")
    var check = false
    @Option(help: "Write the image ID to a file")
    var iidfile: String?
    @Flag(help: .hidden)
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

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
        guard contexts.count == 1 else {
            throw CommandError(usage: "`compose image build` requires 1 argument: PATH | URL | -")
        }
        if context.root.dryRun {
            throw CommandError("--dry-run is not supported here", hint: "--check looks at the Dockerfile only")
        }
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
        try record(built)
        for output in outputs { try output.write(built, from: images) }
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

    private func record(_ built: BuiltImage) throws(CommandError) {
        if let iidfile { try write(built.id, to: iidfile) }
        if let metadataFile {
            let names = built.names.map(\.description).joined(separator: ",")
            let metadata: JSONValue = [
                "containerimage.config.digest": .string(built.id), "image.name": .string(names),
            ]
            try write(metadata.indented(by: "  ") + "\n", to: metadataFile)
        }
    }

    private func write(_ text: String, to path: String) throws(CommandError) {
        do {
            try Files.replace(path, with: Array(text.utf8), mode: 0o644)
        } catch {
            throw CommandError("cannot write \(path): \(error.description.lowercased())")
        }
    }
}

/// What is built: the context and the Dockerfile, as the words of the command line name them.
struct BuildInput {
    var context: ContextSource
    var dockerfile: DockerfileSource

    /// The most that a Dockerfile on standard input may have.
    private static let limit = 4 << 20

    init(_ word: String, file: String?, workingDirectory: String) throws {
        if word == "-" {
            if file == "-" { throw CommandError("context and Dockerfile cannot both come from standard input") }
            (context, dockerfile) = try Self.standardInput(file)
            return
        }
        switch try ContextWords.meaning(of: word) {
        case .service: throw CommandError("\"\(word)\" is not a context: service: is for Compose files")
        case .source(.directory(let path)):
            let directory = path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
            var status = stat()
            guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw CommandError("unable to prepare context: path \"\(path)\" not found")
            }
            context = .directory(directory)
            switch file {
            case nil: dockerfile = .inContext("Dockerfile")
            case "-": dockerfile = .text(try Self.text(of: 0, limit: Self.limit))
            case let file?: dockerfile = DockerfileSource(file, in: directory, relativeTo: workingDirectory)
            }
        case .source(let source):
            context = source
            dockerfile =
                file == "-" ? .text(try Self.text(of: 0, limit: Self.limit)) : .inContext(file ?? "Dockerfile")
        }
    }

    /// A tar archive is the context; text is the Dockerfile of an empty one. Which of them shows in the first block,
    /// so what can be read only once is kept in a file without a name.
    private static func standardInput(_ file: String?) throws -> (ContextSource, DockerfileSource) {
        let copy = try StandardInput.copy()
        let head = try copy.head()
        if StandardInput.isArchive(head) {
            return (
                .archive(try copy.descriptorForProcess(), subject: "standard input"), .inContext(file ?? "Dockerfile")
            )
        }
        if file != nil { throw CommandError("standard input is not a tar archive") }
        return (.empty, .text(try Self.text(of: copy.raw, limit: Self.limit)))
    }

    private static func text(of descriptor: Int32, limit: Int) throws -> String {
        let input = Descriptor(owning: try systemCall { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) })
        let bytes = try input.readAll(limit: limit + 1)
        if bytes.count > limit { throw CommandError("the Dockerfile is larger than \(limit >> 20) MiB") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError("the Dockerfile is no UTF-8 text")
        }
        return text
    }
}
