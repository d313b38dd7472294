internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import ImageStore
internal import LinuxSystem
internal import StateStore
internal import SystemPackage
internal import TerminalUI

/// `compose image …`: the images of this host, with docker's sub-commands.
struct ImageCommand: PassThroughCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image", abstract: "Manage the images of this host",
        discussion: """
            Commands:
              build     Build an image from a Dockerfile
              history   Show the history of an image
              import    Make an image from the files of an archive
              inspect   Display detailed information on images
              load      Load images from an archive
              ls        List images
              prune     Remove unused images
              pull      Download an image from a registry
              push      Upload an image to a registry
              rm        Remove images
              save      Save images to an archive
              tag       Give an image one more name
            """)

    static let optionsWithValue: Set<String> = []

    @Argument(help: "COMMAND and its arguments")
    var words: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        guard let name = words.first else {
            context.output.write(Self.helpMessage(columns: 100) + "\n")
            return 0
        }
        guard let type = Self.subcommand(name) else {
            throw CommandError(
                "unknown docker command: \"compose image \(name)\"", hint: "see `compose image --help`")
        }
        guard let parsed = try parseSubcommand(type, Array(words.dropFirst()), context) else { return 0 }
        guard let command = parsed as? any ImageSubcommand else { throw CommandError("this is not a command") }
        let layout = DataLayout.fromEnvironment()
        return try command.execute(context, ImageStore(try StateStore(layout)))
    }

    private static func subcommand(_ name: String) -> (any ImageSubcommand.Type)? {
        switch name {
        case "build": ImageBuildCommand.self
        case "history": ImageHistoryCommand.self
        case "import": ImageImportCommand.self
        case "inspect": ImageInspectCommand.self
        case "load": ImageLoadCommand.self
        case "ls", "list": ImageListCommand.self
        case "prune": ImagePruneCommand.self
        case "pull": ImagePullCommand.self
        case "push": ImagePushCommand.self
        case "rm", "remove": ImageRemoveCommand.self
        case "save": ImageSaveCommand.self
        case "tag": ImageTagCommand.self
        default: nil
        }
    }
}

/// A sub-command of `compose image`.
protocol ImageSubcommand: ParsableCommand {
    /// Returns the exit code. Blocks until the command is done.
    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32
}

extension ImageSubcommand {
    /// Runs `body` with a file open for reading; `-` is the standard input.
    func reading<Result>(_ path: String, _ body: (Int32) throws -> Result) throws -> Result {
        if path == "-" { return try body(0) }
        let file: Descriptor
        do throws(Errno) {
            file = try Descriptor.open(path, O_RDONLY)
        } catch {
            throw CommandError("\(path): \(error.description)")
        }
        return try body(file.raw)
    }
}
