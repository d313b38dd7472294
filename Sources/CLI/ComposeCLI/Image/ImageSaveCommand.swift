internal import ArgumentParser
internal import Glibc
internal import ImageStore

struct ImageSaveCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.some

    @Option(name: .shortAndLong, help: "Write to this file instead of the standard output")
    var output: String?
    @Argument(help: "IMAGE")
    var references: [String]

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        guard let output else {
            if isatty(1) == 1 {
                throw CommandError("the standard output is a terminal", hint: "name a file with -o, or use a pipe")
            }
            try images.save(references, to: 1, subject: "standard output")
            return 0
        }
        try context.replacingFile(output) { try images.save(references, to: $0, subject: output) }
        return 0
    }
}
