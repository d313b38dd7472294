import EngineModel
import Glibc
import ImageBuilder
import LinuxSystem
import Primitives
import StateStore
import Supervisor
import SupervisorForTests
import Synchronization
import SystemPackage
import Testing

@testable import LocalEngine

/// A layer with busybox, and a runner with roots of its own. ``close()`` removes everything.
final class TestBuild: Sendable {
    let base: String
    let layout: DataLayout
    let runner: LocalBuildRunner
    let layer: String
    private let count = Mutex(0)

    init() throws {
        SupervisorProgram.useHostOfTests()
        base = "/var/tmp/compose-test-build-" + String(UInt64.random(in: 0...UInt64.max), radix: 16)
        layout = DataLayout(dataRoot: base + "/data", runRoot: base + "/run")
        runner = LocalBuildRunner(layout: layout, store: try StateStore(layout))
        layer = base + "/layer"
        for folder in ["bin", "usr", "tmp"] { try Files.makeDirectories("\(layer)/\(folder)", mode: 0o755) }
        try Files.replace(layer + "/bin/busybox", with: try Files.read("/bin/busybox"), mode: 0o755)
        for applet in [
            "sh", "cat", "sleep", "true", "ls", "id", "env", "mkdir", "rm", "ip", "touch", "grep", "stat", "test",
        ] {
            symlink("busybox", "\(layer)/bin/\(applet)")
        }
    }

    func folder(_ name: String) throws -> String {
        try Files.makeDirectories("\(base)/\(name)", mode: 0o755)
        return "\(base)/\(name)"
    }

    struct Outcome {
        var code: Int32
        var output: String
        var error: String
        /// Everything in the new layer, relative to it.
        var changes: [String]
        var upper: String
    }

    func run(
        _ script: String, layers: [String] = [], mounts: [BuildMount] = [], cancellation: Cancellation = Cancellation(),
        _ configure: (inout ContainerConfiguration) -> Void = { _ in }
    ) throws -> Outcome {
        try run(command: ["/bin/sh", "-c", script], layers, mounts, cancellation, configure)
    }

    func run(
        command: [String], _ layers: [String] = [], _ mounts: [BuildMount] = [],
        _ cancellation: Cancellation = Cancellation(), _ configure: (inout ContainerConfiguration) -> Void = { _ in }
    ) throws -> Outcome {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let (upper, work) = (try folder("upper\(number)"), try folder("work\(number)"))
        var configuration = ContainerConfiguration(name: "step \(number)", image: "")
        configuration.command = command
        configuration.networkMode = .none
        configure(&configuration)
        let process = BuildProcess(
            configuration: configuration, layers: layers + [layer], upper: upper, work: work, mounts: mounts)
        let text = Mutex<[Bool: [UInt8]]>([:])
        let code = try runner.run(
            process, output: { isError, bytes in text.withLock { $0[isError, default: []] += Array(bytes) } },
            cancellation: cancellation)
        let (output, error) = text.withLock { ($0[false] ?? [], $0[true] ?? []) }
        return Outcome(
            code: code, output: String(decoding: output, as: UTF8.self), error: String(decoding: error, as: UTF8.self),
            changes: try Self.tree(upper), upper: upper)
    }

    static func tree(_ path: String, _ prefix: String = "") throws -> [String] {
        var found: [String] = []
        for name in try Files.list(path).sorted() {
            var status = stat()
            lstat("\(path)/\(name)", &status)
            found.append(prefix + name)
            if status.st_mode & S_IFMT == S_IFDIR { found += try tree("\(path)/\(name)", "\(prefix)\(name)/") }
        }
        return found
    }

    func close() {
        runner.finish()
        try? Files.removeTree(base)
    }
}
