internal import ArgumentParser
internal import ImageStore
internal import OCIImage
internal import TerminalUI

struct ImageImportCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image import", abstract: "Make an image from the files of an archive")

    @Option(
        name: .shortAndLong, parsing: .unconditionalSingleValue,
        help: "Instruction of a Dockerfile that changes the image's configuration; may be repeated")
    var change: [String] = []
    @Option(name: .shortAndLong, help: "Comment in the image's history")
    var message = ""
    @Option(help: "Platform of the image, such as linux/amd64")
    var platform: String?
    @Argument(help: "Archive file, or - for the standard input")
    var file: String
    @Argument(help: "NAME[:TAG]")
    var name: String?

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
        if file.hasPrefix("http://") || file.hasPrefix("https://") {
            throw CommandError("\(file): archives are not fetched from the network", hint: "fetch it and name the file")
        }
        var chosen = Platform.host
        if let platform {
            let parts = platform.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard (2...3).contains(parts.count), !parts.contains("") else {
                throw CommandError(
                    "\"\(platform)\" is not a platform", hint: "write OS/ARCHITECTURE, such as linux/amd64")
            }
            chosen = Platform(architecture: parts[1], os: parts[0], variant: parts.count == 3 ? parts[2] : nil)
        }
        let subject = file == "-" ? "standard input" : file
        let id = try reading(file) { raw in
            try images.importRoot(
                raw, subject: subject, changes: change, message: message, platform: chosen, name: name)
        }
        context.output.line(id)
        return 0
    }
}
