import Glibc
import LinuxSystem
import SystemPackage
import Testing

/// The binary on a terminal of its own, at which a test types.
final class Terminal {
    private let command: Command
    private let keyboard: Descriptor
    private let path: String

    /// Starts the binary with `arguments` in the project's folder, on a terminal of 24 lines.
    init(_ project: Project, _ arguments: String...) throws {
        path = "/tmp/compose-e2e-keys-\(project.name)"
        unlink(path)
        try #require(mkfifo(path, 0o600) == 0)
        // Both ends, so that the terminal's input does not end before the test does.
        keyboard = try Descriptor.open(path, O_RDWR)
        let line = ([Binary.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let script = "stty rows 24 cols 80; exec \(line)"
        command = try Command(
            ["/bin/sh", "-c", "exec /usr/bin/script -qefc \"$1\" /dev/null <'\(path)'", "sh", script],
            environment: project.environment + ["TERM=xterm", "SHELL=/bin/sh"], directory: project.folder + "/project")
    }

    deinit { unlink(path) }

    /// All that the terminal has shown.
    var screen: String { command.output }

    func type(_ keys: [UInt8]) throws { try keyboard.writeAll(keys) }

    /// Waits until `text` is shown.
    func shows(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        do {
            try eventually("the terminal shows \(text)", sourceLocation: sourceLocation) { screen.contains(text) }
        } catch {
            Issue.record("\(screen)", sourceLocation: sourceLocation)
            throw error
        }
    }

    func finish() throws -> Outcome { try command.finish() }
}
