import CLinux
import ContainerModel
import ContainerNetwork
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import SupervisorForTests
import SystemPackage
import Testing

@testable import Supervisor

/// A project with roots of its own, whose containers run busybox. ``close()`` ends and removes everything.
final class TestProject {
    let layout: DataLayout
    let store: StateStore
    let client: SupervisorClient
    let name: String
    let root: String
    private let base: String
    private let hasOwnFileSystem: Bool
    private var networks: [Network] = []

    /// - Parameter dataSize: bytes of a file system of its own for the data root; nil: it lies on the host's.
    init(dataSize: Int? = nil) throws {
        SupervisorProgram.useHostOfTests()
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        base = "/var/tmp/supervisor-test-\(random)"
        layout = DataLayout(dataRoot: base + "/data", runRoot: base + "/run")
        name = "t\(random.prefix(8))"
        root = base + "/root"
        for folder in ["bin", "dev", "proc", "sys", "etc", "tmp"] {
            try Files.makeDirectories("\(root)/\(folder)", mode: 0o755)
        }
        let busybox = try Files.read("/bin/busybox")
        try Files.replace(root + "/bin/busybox", with: busybox, mode: 0o755)
        for applet in [
            "sh", "sleep", "cat", "echo", "true", "false", "kill", "seq", "nslookup", "nc", "grep", "test", "yes",
            "head",
            "hostname", "tty",
        ] {
            symlink("busybox", "\(root)/bin/\(applet)")
        }
        try Files.replace(root + "/etc/passwd", with: Array("root:x:0:0:root:/:/bin/sh\n".utf8), mode: 0o644)
        if let dataSize {
            try Files.makeDirectories(layout.dataRoot)
            let mounted = mount("tmpfs", layout.dataRoot, "tmpfs", 0, "mode=0700,size=\(dataSize)")
            try #require(mounted == 0, "cannot mount a tmpfs: \(Errno(rawValue: errno))")
        }
        hasOwnFileSystem = dataSize != nil
        store = try StateStore(layout)
        client = SupervisorClient(project: name, layout: layout)
    }

    /// Records a network with a free subnet and returns its name.
    func network(_ name: String, ipv6: Bool = false) throws -> String {
        let id = (0..<8).map { _ in String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16) }.joined()
        let full = "\(self.name)_\(name)"
        let host = try HostNetwork(runRoot: layout.runRoot)
        var configuration = NetworkConfiguration(name: full)
        configuration.enableIPv6 = ipv6
        let plan = try AddressPlanner.plan(
            NetworkRequest(id: id, configuration: configuration), networks: [], occupied: try host.occupiedSubnets())
        let network = Network(plan, configuration: configuration, created: .now())
        try store.insert(network, plan: plan)
        networks.append(network)
        return full
    }

    func networkID(_ name: String) -> String { networks.first { $0.name == name }?.id ?? "" }

    /// Whether the process is gone. Who reaps it may take its time.
    func hasEnded(_ process: Int32) -> Bool {
        guard let status = Files.text("/proc/\(process)/stat"), let end = status.lastIndex(of: ")") else { return true }
        return status[end...].dropFirst(2).first == "Z"
    }

    func container(
        _ name: String, _ command: [String], _ configure: (inout ContainerConfiguration) -> Void = { _ in }
    ) throws -> String {
        let id = (0..<8).map { _ in String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16) }.joined()
        let directory = layout.container(id)
        var configuration = ContainerConfiguration(name: "\(self.name)-\(name)", image: "busybox")
        configuration.labels["com.docker.compose.project"] = self.name
        configuration.networkMode = .none
        configure(&configuration)
        let root = RootFilesystem(
            lowerDirectories: [root], upperDirectory: directory + "/upper", workDirectory: directory + "/work")
        var process = ProcessSpec(arguments: command, environment: ["PATH=/bin"])
        process.terminal = configuration.terminal
        var spec = ContainerSpec(id: id, name: configuration.name, root: root, process: process, directory: directory)
        spec.initProcess = configuration.initProcess
        for file in ["hosts", "hostname", "resolv.conf"] {
            spec.mounts.append(MountSpec(source: .generated(path: "\(directory)/\(file)"), target: "/etc/\(file)"))
        }
        try Files.makeDirectories(directory + "/upper", mode: 0o755)
        try Files.makeDirectories(directory + "/work")
        let container = Container(
            id: id, name: configuration.name, imageID: "sha256:0", configuration: configuration, arguments: command,
            created: .now())
        try store.insert(ContainerRecord(container: container, spec: spec))
        return id
    }

    func record(_ id: String) throws -> ContainerRecord {
        try #require(try store.container(id: id))
    }

    func lines(_ id: String) throws -> [String] {
        var lines: [String] = []
        try LogReader(directory: layout.log(id)).read(LogOptions(), cancellation: Cancellation()) {
            lines.append(String(decoding: $0.line, as: UTF8.self))
        }
        return lines
    }

    /// The processes that are supervisors of this project.
    var supervisors: [Int32] {
        let all = ((try? Files.list("/proc")) ?? []).compactMap { Int32($0) }
        return all.filter { process in
            let words = (Files.text("/proc/\(process)/cmdline") ?? "").split(separator: "\0")
            return words.contains("__supervisor") && words.contains(Substring(layout.runRoot)) && !hasEnded(process)
        }
    }

    /// Process id of the supervisor; nil when none answers.
    func supervisorProcess() throws -> Int32? {
        guard case .ready(_, let process)? = try ControlCall(client).ifRunning(.ping) else { return nil }
        return process
    }

    /// Waits until `condition` holds, at most 20 s.
    func eventually(_ comment: String, _ condition: () throws -> Bool) throws {
        let holds = try Polling.wait(
            every: 2_000_000, deadline: monotonicNanoseconds() + 20_000_000_000, because: "it is a test",
            until: condition)
        if !holds { Issue.record("not so after 20 s: \(comment)") }
    }

    /// Calls `body` on a thread of its own; its outcome is told to `outcomes`.
    func meanwhile(
        _ outcomes: Outcomes, _ body: @escaping @Sendable (SupervisorClient) throws(EngineError) -> Void
    ) throws {
        let client = client
        try startThread(name: "meanwhile") {
            do throws(EngineError) {
                try body(client)
                outcomes.add(nil)
            } catch {
                outcomes.add(error)
            }
        }
    }

    func close() {
        let records = (try? store.containers()) ?? []
        for record in records where record.container.isRunning { try? client.kill(record.id, signal: SIGKILL) }
        for record in records { try? ContainerRemoval(store: store).remove(record, volumes: true) }
        try? client.leaveIfIdle()
        try? eventually("the supervisor has left") { !Files.exists(layout.project(name)) }
        for network in networks {
            if let bridge = try? store.bridge(of: network) { try? HostNetwork(runRoot: layout.runRoot).remove(bridge) }
        }
        if hasOwnFileSystem { umount2(layout.dataRoot, Int32(MNT_DETACH)) }
        try? Files.removeTree(base)
    }
}
