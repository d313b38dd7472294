internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

struct ExportCommand: ComposeCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose export", abstract: "Export a service container's filesystem as a tar archive")

    @Option(help: "Index of the container if service has multiple replicas")
    var index = 0
    @Option(name: .shortAndLong, help: "Write to a file, instead of STDOUT")
    var output: String?
    @Argument(help: "SERVICE")
    var service: String

    func execute(_ context: CommandContext) throws -> Int32 {
        let container = try context.container(of: service, index: index, running: false)
        guard let output else {
            if isatty(1) == 1 { throw CommandError("output option is required when exporting to terminal") }
            try context.engine().export(container.id, to: 1)
            return 0
        }
        let engine = try context.engine()
        try replacingFile(output) { try engine.export(container.id, to: $0) }
        return 0
    }
}

/// Makes a file of what `write` writes into a descriptor; if it fails, what was there before stays.
func replacingFile(_ path: String, _ write: (Int32) throws -> Void) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    // Devices and pipes are written to, not replaced.
    if exists, status.st_mode & S_IFMT != S_IFREG {
        let file = try opening(path, O_WRONLY)
        return try write(file.raw)
    }
    let temporary = "\(path).\(getpid()).tmp"
    let file = try opening(temporary, O_WRONLY | O_CREAT | O_EXCL, shown: path)
    do {
        try write(file.raw)
        if rename(temporary, path) != 0 { throw CommandError("\(path): \(Errno(rawValue: errno).description)") }
    } catch {
        unlink(temporary)
        throw error
    }
}

private func opening(_ path: String, _ flags: Int32, shown: String? = nil) throws(CommandError) -> Descriptor {
    do throws(Errno) {
        return try Descriptor.open(path, flags, mode: 0o644)
    } catch {
        throw CommandError("\(shown ?? path) cannot be written: \(error.description)")
    }
}
