internal import ArgumentParser
internal import CLinux
internal import EngineModel
internal import Glibc
internal import ImageBuilder
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import SystemPackage
internal import TerminalUI

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
            throw CommandError("the Dockerfile is not UTF-8 text")
        }
        return text
    }
}
