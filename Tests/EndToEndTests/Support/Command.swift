import CLinux
import Glibc
import LinuxSystem
import SystemPackage
import Testing

/// What a program left that has ended.
struct Outcome: CustomStringConvertible {
    var command: String
    /// 128 + n for a death by signal n.
    var exitCode: Int32
    var output: String
    var errors: String

    /// The output without the line breaks at its end.
    var text: String {
        String(output.reversed().drop(while: \.isNewline).reversed())
    }
    var lines: [String] {
        output.split(whereSeparator: \.isNewline).map(String.init)
    }
    var description: String {
        "`\(command)` ended with \(exitCode)\n--- stdout\n\(output)\n--- stderr\n\(errors)"
    }

    /// Fails the test unless the program ended with 0.
    @discardableResult
    func succeeds(sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome {
        try #require(exitCode == 0, "\(self)", sourceLocation: sourceLocation)
        return self
    }

    /// Fails the test unless the program ended with `code`.
    @discardableResult
    func fails(with code: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome {
        try #require(exitCode == code, "\(self)", sourceLocation: sourceLocation)
        return self
    }
}

/// A program that a test started. Its output goes to files, so that it never waits for a reader.
final class Command {
    let pid: pid_t
    private let process: Descriptor
    private let line: String
    private let folder: String

    /// Starts `arguments[0]`, an absolute path, with only `environment`, in `directory`.
    init(_ arguments: [String], environment: [String], directory: String, input: String = "") throws {
        line = arguments.joined(separator: " ")
        var template = Array("/tmp/compose-e2e-output-XXXXXX".utf8CString)
        folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        try Files.replace(folder + "/in", with: Array(input.utf8))

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, folder + "/in", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder + "/out", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder + "/err", O_WRONLY | O_CREAT | O_APPEND, 0o600)

        // env changes the directory and becomes the program: Swift does not import the file action for it.
        let argv = (["/usr/bin/env", "-C", directory] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var started: pid_t = 0
        let code = posix_spawn(&started, "/usr/bin/env", &actions, nil, argv, envp)
        try #require(code == 0, "cannot start \(arguments[0]): \(String(cString: strerror(code)))")
        pid = started
        process = Descriptor(owning: try systemCall { clinux_pidfd_open(started, 0) })
    }

    deinit {
        if isRunning {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        try? Files.removeTree(folder)
    }

    var output: String { Files.text(folder + "/out") ?? "" }
    var errors: String { Files.text(folder + "/err") ?? "" }
    var isRunning: Bool { !ends(within: 0) }

    func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Waits for the end, at most `seconds`: after that the test fails.
    func finish(within seconds: Int = 60, sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome {
        guard ends(within: seconds) else {
            kill(pid, SIGKILL)
            let message: Comment =
                "`\(line)` still ran after \(seconds) s\n--- stdout\n\(output)\n--- stderr\n\(errors)"
            Issue.record(message, sourceLocation: sourceLocation)
            throw Errno.timedOut
        }
        var status: Int32 = 0
        try systemCall { waitpid(pid, &status, 0) }
        let signal = status & 0x7f
        let code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        return Outcome(command: line, exitCode: code, output: output, errors: errors)
    }

    private func ends(within seconds: Int) -> Bool {
        var watched = pollfd(fd: process.raw, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, Int32(seconds * 1000)) > 0
    }
}

/// Fails the test unless `condition` comes true within `seconds`.
func eventually(
    _ what: String, within seconds: Int = 15, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
) throws {
    let deadline = monotonicNanoseconds() + Int64(seconds) * 1_000_000_000
    while try !condition() {
        try #require(
            monotonicNanoseconds() < deadline, "not within \(seconds) s: \(what)", sourceLocation: sourceLocation)
        _ = poll(nil, 0, 50)
    }
}
