internal import ArgumentParser
internal import Glibc
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Registry
internal import TerminalUI

struct ImageImportCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.between(1, 2)

    @Option(
        name: .shortAndLong,
        help: "Instruction of a Dockerfile that changes the image's configuration; may be repeated")
    var change: [String] = []
    @Option(name: .shortAndLong, help: "Comment in the image's history")
    var message = ""
    @Option(help: "Platform of the image, such as linux/amd64")
    var platform: String?
    @Argument(help: "FILE|URL|-")
    var file: String
    @Argument(help: "REPOSITORY[:TAG]")
    var name: String?

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
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
        let id = try opened(context, images) { raw in
            try images.importRoot(
                raw, subject: subject, changes: change, message: message, platform: chosen, name: name)
        }
        context.output.line(id)
        return 0
    }

    /// Runs `body` with the archive open for reading; one that a URL names is fetched first.
    private func opened<Result>(
        _ context: CommandContext, _ images: ImageStore, _ body: (Int32) throws -> Result
    ) throws -> Result {
        guard file.hasPrefix("http://") || file.hasPrefix("https://") else { return try InputFile.reading(file, body) }
        let interruption = try Interruption()
        let target = try StandardInput.unnamed()
        context.errors.line("Downloading from \(file)")
        context.errors.flush()
        let client = RegistryClient(store: images, options: .fromEnvironment(context.environment))
        _ = try client.fetch(url: file, to: target.raw, cancellation: interruption.cancellation)
        try systemCall { lseek(target.raw, 0, SEEK_SET) }
        return try body(target.raw)
    }
}
