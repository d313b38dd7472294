internal import ArgumentParser
internal import Glibc
internal import ImageStore
internal import LinuxSystem
internal import SystemPackage

struct ImageSaveCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image save", abstract: "Save images to an archive that `image load` and docker read")

    @Option(name: .shortAndLong, help: "Write to this file instead of the standard output")
    var output: String?
    @Argument(help: "IMAGE")
    var references: [String]

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
        guard let output else {
            if isatty(1) == 1 {
                throw CommandError("the standard output is a terminal", hint: "name a file with -o, or use a pipe")
            }
            try images.save(references, to: 1, subject: "standard output")
            return 0
        }
        // A failed save leaves what was there before.
        let temporary = "\(output).\(getpid()).tmp"
        let file: Descriptor
        do throws(Errno) {
            file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        } catch {
            throw CommandError("\(output): \(error.description)")
        }
        do {
            try images.save(references, to: file.raw, subject: output)
            if rename(temporary, output) != 0 { throw CommandError("\(output): \(Errno(rawValue: errno).description)") }
        } catch {
            unlink(temporary)
            throw error
        }
        return 0
    }
}
