import CLinux
import Glibc
import LinuxSystem
import SystemPackage

/// What the tests need from the system, and why it is missing.
struct Missing: Error, CustomStringConvertible {
    var description: String
}

/// Programs that tests run.
enum TestProgram {
    /// Starts a program with its output in a file; returns its process id.
    static func start(_ words: [String], log: String, environment: [String: String] = [:]) throws -> pid_t {
        guard let path = find(words[0]) else {
            throw Missing(description: "\(words[0]) is not installed: scripts/setup test")
        }
        var variables = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent"]
        variables.merge(environment) { $1 }
        let output = try Descriptor.open(log, O_WRONLY | O_CREAT | O_APPEND)
        var launch = ProgramLaunch(path: path, name: words[0], environment: variables)
        launch.output = .descriptor(output.raw)
        launch.errors = .descriptor(output.raw)
        return try launch.start(Array(words.dropFirst())).pid
    }

    /// Runs a program to its end, which must be a good one; returns what it printed.
    @discardableResult
    static func run(_ words: [String], in directory: String, environment: [String: String] = [:]) throws -> String {
        let log = "\(directory)/output-\(monotonicNanoseconds())"
        let process = try start(words, log: log, environment: environment)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let output = Files.text(log) ?? ""
        if status != 0 { throw Missing(description: "\(words.joined(separator: " ")): status \(status): \(output)") }
        return output
    }

    static func find(_ name: String) -> String? {
        // The first is where scripts/setup unpacks what it does not install.
        [".build/tools/usr/bin", "/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"].map { "\($0)/\(name)" }
            .first {
                access($0, X_OK) == 0
            }
    }

    static func end(_ process: pid_t) {
        kill(process, SIGTERM)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }
}

/// Waits until `condition` holds, for half a minute at most.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
    let came = try Polling.wait(
        every: 20_000_000, deadline: monotonicNanoseconds() + 30_000_000_000, because: "it is a test", until: condition)
    if !came { throw Missing(description: "it did not come about: \(what)") }
}
