import CLinux
import ContainerModel
import ContainerRuntime
import Glibc
import LinuxSystem
import Primitives
import Synchronization
import SystemPackage
import Testing

/// All tests with real containers, one after the other: they look at the process's umask and at the host's cgroups.
@Suite(.serialized) enum KernelTests {}

/// A directory with a busybox image, a keeper, and everything that has to go away afterwards.
final class TestHost: Sendable {
    let directory: String
    let keeper: Keeper
    let environment: RuntimeEnvironment
    private let specs = Mutex<[ContainerSpec]>([])
    private let counter = Mutex(0)

    init() throws {
        clinux_ignore_sigpipe()
        directory = "/tmp/compose-kernel-test-\(getpid())-\(monotonicNanoseconds())"
        environment = try RuntimeEnvironment.detect()
        try Files.makeDirectories(directory + "/run")
        keeper = try Keeper.fork(runDirectory: directory + "/run")
        try makeImage(directory + "/image")
    }

    deinit {
        try? keeper.shutDown(killChildren: true)
        for spec in specs.withLock({ $0 }) { try? ContainerRuntime.removeRemains(of: spec, environment: environment) }
        try? Files.removeTree(directory)
    }

    private func makeImage(_ path: String) throws {
        for name in ["bin", "etc", "proc", "sys", "dev", "tmp", "root", "home"] {
            try Files.makeDirectories("\(path)/\(name)", mode: 0o755)
        }
        let busybox = try Files.read("/bin/busybox")
        try Files.replace("\(path)/bin/busybox", with: busybox, mode: 0o755)
        for name in Self.applets { symlink("busybox", "\(path)/bin/\(name)") }
        let passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"
        let group = "root:x:0:\napp:x:1000:\nextra:x:2000:app\n"
        try Files.replace("\(path)/etc/passwd", with: Array(passwd.utf8), mode: 0o644)
        try Files.replace("\(path)/etc/group", with: Array(group.utf8), mode: 0o644)
        try Files.replace("\(path)/etc/not-a-program", with: [], mode: 0o644)
        try Files.replace("\(path)/bin/rubbish", with: Array("\u{1}\u{2}\u{3}".utf8), mode: 0o755)
    }

    private static let applets = [
        "sh", "cat", "echo", "ls", "id", "env", "sleep", "true", "false", "grep", "mount", "hostname", "tty", "stty",
        "dd", "mkdir", "touch", "readlink", "stat", "kill", "ps", "mknod", "head", "wc", "yes", "ip", "chroot", "pwd",
        "unshare", "tr", "sort",
    ]

    /// A container that runs `script` in its shell.
    func spec(_ script: String) throws -> ContainerSpec {
        let number = counter.withLock { value in
            value += 1
            return value
        }
        var id = String(UInt64(monotonicNanoseconds()), radix: 16) + String(UInt64(getpid()), radix: 16)
        id = String(repeating: "0", count: 60 - id.count) + id + String(1000 + number)
        let place = "\(directory)/containers/\(id)"
        for name in ["upper", "work"] { try Files.makeDirectories("\(place)/\(name)", mode: 0o755) }
        let root = RootFilesystem(
            lowerDirectories: [directory + "/image"], upperDirectory: place + "/upper", workDirectory: place + "/work")
        var spec = ContainerSpec(
            id: id, name: "web", root: root, process: ProcessSpec(arguments: ["sh", "-c", script]), directory: place)
        spec.hostname = "web"
        return spec
    }

    func start(_ spec: ContainerSpec, _ descriptors: LaunchDescriptors = LaunchDescriptors()) throws -> LaunchedProcess
    {
        specs.withLock { $0.append(spec) }
        return try ContainerRuntime.start(
            spec, keeper: keeper, environment: environment, descriptors: descriptors)
    }

    /// Runs to the end and returns what was written.
    func run(_ spec: ContainerSpec, _ given: LaunchDescriptors = LaunchDescriptors()) throws -> (
        output: String, status: Int32
    ) {
        let pipe = try Ends()
        var descriptors = given
        descriptors.standardOutput = pipe.write
        descriptors.standardError = pipe.write
        let process = try start(spec, descriptors)
        let identity = process.identity
        let output = try pipe.readAll()
        return (output, try status(of: identity))
    }

    func run(_ script: String) throws -> String { try run(spec(script)).output }

    /// Waits for the keeper's record of the end.
    func status(of identity: ProcessIdentity) throws -> Int32 {
        try eventually { () -> Int32? in
            let records = Keeper.recordedExits(runDirectory: self.directory + "/run").records
            return records.first { $0.identity == identity }?.status.code
        }
    }

    /// Runs a process in a running container as a child of this process.
    func exec(
        _ process: ProcessSpec, in spec: ContainerSpec, _ target: ProcessIdentity, privileged: Bool = false
    ) throws -> (output: String, status: Int32) {
        let pipe = try Ends()
        var descriptors = LaunchDescriptors()
        descriptors.standardOutput = pipe.write
        descriptors.standardError = pipe.write
        let entered = try execInContainer(
            process, in: spec, target: target, environment: environment, descriptors: descriptors,
            privileged: privileged)
        return (try pipe.readAll(), try entered.wait().code)
    }
}

/// A pipe for output.
final class Ends {
    private var reader: Int32
    private(set) var write: Int32

    init() throws {
        let pipe = try Descriptor.pipe()
        reader = pipe.read.take()
        write = pipe.write.take()
    }

    /// Everything until all writers are gone; closes our writing end first.
    func readAll() throws -> String {
        close(write)
        write = -1
        let bytes = try Descriptor(owning: dup(reader)).readAll()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first line.
    func readLine() throws -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while try systemCall({ read(reader, &byte, 1) }) == 1, byte != 10 { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    deinit {
        close(reader)
        if write >= 0 { close(write) }
    }
}

struct NeverHappened: Error {}

/// Tries until there is a value; ten seconds at most.
func eventually<Value>(_ attempt: () throws -> Value?) throws -> Value {
    var value: Value?
    try Polling.wait(every: 2_000_000, deadline: monotonicNanoseconds() + 10_000_000_000, because: "it is a test") {
        value = try attempt()
        return value != nil
    }
    guard let value else { throw NeverHappened() }
    return value
}
