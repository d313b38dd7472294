internal import ArgumentParser
internal import Glibc
internal import ImageStore
internal import TerminalUI

struct ImageLoadCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Option(name: .shortAndLong, help: "Read from the archive file instead of the standard input")
    var input = "-"
    @Flag(name: .shortAndLong, help: "Show no progress (none is shown)")
    var quiet = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        if input == "-", isatty(0) == 1 {
            throw CommandError(
                "the standard input is a terminal", hint: "name an archive with -i, or send it through a pipe")
        }
        let subject = input == "-" ? "standard input" : input
        for image in try InputFile.reading(input, { try images.load($0, subject: subject) }) {
            for name in image.names { context.output.line("Loaded image: \(name)") }
            if image.names.isEmpty { context.output.line("Loaded image ID: \(image.id)") }
        }
        return 0
    }
}
