import CLinux
import Glibc
import LinuxSystem
import SystemPackage
import Testing

/// A project in a folder of its own, with data and run roots of its own and the busybox image loaded.
final class Project {
    let name: String
    let folder: String
    /// Free on this host; in the Compose file `${PORT}`.
    let port: Int
    let environment: [String]
    /// Ids of the containers that have been there.
    private var containers: Set<String> = []

    /// Runs `body` on the project that `file` describes, takes the project down, and sees that nothing stays behind.
    ///
    /// - Parameter dataSize: bytes of a file system of its own for the data root; nil: it lies on the host's.
    static func with(
        _ file: String, files: [String: String] = [:], dataSize: Int? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (Project) throws -> Void
    ) throws {
        let project = try Project(file, files, dataSize: dataSize)
        defer { Host.sweep(project.folder) }
        let before = Host.things(of: project.folder, containers: project.containers)
        do {
            try project.compose("image", "load", "-i", Image.path()).succeeds(sourceLocation: sourceLocation)
            try body(project)
        } catch {
            Issue.record("\(try project.state())", sourceLocation: sourceLocation)
            _ = try? project.compose("down", "-v", "--remove-orphans", "-t", "1")
            throw error
        }
        try project.compose("down", "-v", "--remove-orphans", "-t", "5").succeeds(sourceLocation: sourceLocation)
        var left: Set<String> = []
        try? eventually("nothing is left behind", within: 5) {
            left = Host.things(of: project.folder, containers: project.containers).subtracting(before)
            return left.isEmpty
        }
        #expect(left.isEmpty, "left behind on the host", sourceLocation: sourceLocation)
        #expect(project.remains == [], "left behind in the data root", sourceLocation: sourceLocation)
    }

    private init(_ file: String, _ files: [String: String], dataSize: Int?) throws {
        try #require(geteuid() == 0, "end-to-end tests run containers and need root")
        var template = Array("/tmp/compose-e2e-XXXXXX".utf8CString)
        folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        name = "e2e" + folder.suffix(6).lowercased()
        port = try Host.freePort()
        environment = [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=\(folder)", "PORT=\(port)",
            "COMPOSE_DATA_ROOT=\(folder)/data", "COMPOSE_RUN_ROOT=\(folder)/run", "COMPOSE_PROJECT_NAME=\(name)",
        ]
        if let dataSize {
            try Files.makeDirectories(folder + "/data")
            let mounted = mount("tmpfs", folder + "/data", "tmpfs", 0, "mode=0700,size=\(dataSize)")
            try #require(mounted == 0, "cannot mount a tmpfs: \(Errno(rawValue: errno))")
        }
        try write(file, to: "compose.yaml")
        for (path, text) in files { try write(text, to: path) }
    }

    deinit {
        umount2(folder + "/data", Int32(MNT_DETACH))
        try? Files.removeTree(folder)
    }

    /// Takes all the room that the data root's file system has left, until the file is removed.
    ///
    /// - Returns: the file's path.
    func fillDisk() throws -> String {
        let path = folder + "/data/filler"
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT)
        for size in [1 << 20, 4096, 512] {
            let bytes = [UInt8](repeating: 1, count: size)
            while Glibc.write(file.raw, bytes, size) == size {}
        }
        return path
    }

    /// Writes a file of the project's folder, readable by all.
    func write(_ text: String, to path: String) throws {
        let whole = folder + "/project/" + path
        try Files.makeDirectories(String(whole[..<(whole.lastIndex(of: "/") ?? whole.endIndex)]), mode: 0o755)
        try Files.replace(whole, with: Array(text.utf8), mode: 0o644)
    }

    /// Starts the binary with `arguments` in the project's folder.
    func start(_ arguments: [String], input: String = "", environment more: [String] = []) throws -> Command {
        try Command(
            [Binary.path] + arguments, environment: environment + more, directory: folder + "/project", input: input)
    }

    /// Runs the binary with `arguments` in the project's folder to its end.
    func compose(_ arguments: String..., input: String = "", environment: [String] = []) throws -> Outcome {
        try compose(arguments, input: input, environment: environment)
    }

    func compose(_ arguments: [String], input: String = "", environment: [String] = []) throws -> Outcome {
        let outcome = try start(arguments, input: input, environment: environment).finish()
        containers.formUnion((try? Files.list(folder + "/data/containers")) ?? [])
        return outcome
    }

    /// Runs the binary as if the machine had been booted since: all it sees of the kernel has another boot id.
    func composeAfterBoot(_ arguments: String...) throws -> Outcome {
        let id = folder + "/boot_id"
        if !Files.exists(id) { try Files.replace(id, with: Array("8f0b9c56-0000-4000-8000-5ec0ffee0001\n".utf8)) }
        let script = "mount --bind '\(id)' /proc/sys/kernel/random/boot_id && exec \"$@\""
        return try Command(
            ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh", Binary.path] + arguments,
            environment: environment, directory: folder + "/project", input: ""
        ).finish()
    }

    /// Runs the binary in a control group of this name in each tree where that can be, and removes the groups.
    func composeInGroup(_ group: String, _ arguments: String...) throws -> Outcome {
        let script = """
            groups=$(awk -v name='\(group)' '$3 ~ /^cgroup/ { print $2 "/" name }' /proc/mounts)
            for group in $groups; do mkdir -p "$group" && echo 0 >"$group/cgroup.procs"; done
            "$@"
            code=$?
            for group in $groups; do echo 0 >"${group%/*}/cgroup.procs"; rmdir "$group"; done
            exit $code
            """
        return try Command(
            ["/bin/sh", "-c", script, "sh", Binary.path] + arguments, environment: environment,
            directory: folder + "/project", input: ""
        ).finish()
    }

    /// The id of a service's first container, stopped or not.
    func id(of service: String) throws -> String {
        let ids = try compose("ps", "-a", "-q", "--no-trunc", service).succeeds().lines
        return try #require(ids.first, "\(service) has no container")
    }

    /// A column of `ps -a` for a service, such as `{{.Status}}`.
    func status(of service: String) throws -> String {
        try compose("ps", "-a", "--format", "{{.State}} {{.ExitCode}} {{.Health}}", service).succeeds().text
    }

    /// What the service's containers wrote, without prefixes.
    func logs(of service: String) throws -> [String] {
        try compose("logs", "--no-log-prefix", "--no-color", service).succeeds().lines
    }

    /// Services and logs, to explain a failure.
    private func state() throws -> Comment {
        let services = try compose("ps", "-a")
        let logs = try compose("logs", "--no-color", "--tail", "20")
        return "\(services.output)\(services.errors)\(logs.output)\(logs.errors)"
    }

    /// Folders of containers and volumes that are still there.
    private var remains: [String] {
        ["containers", "volumes"].flatMap { kind in
            ((try? Files.list("\(folder)/data/\(kind)")) ?? []).map { "\(kind)/\($0)" }
        }
    }
}

/// The binary under test.
enum Binary {
    static let path: String = {
        if let path = getenv("COMPOSE_BINARY") { return String(cString: path) }
        let here = realpath(".build/debug/compose", nil)
        defer { free(here) }
        return here.map { String(cString: $0) } ?? ".build/debug/compose"
    }()
}

/// The image that the tests' containers are made from: a busybox from this host, packed once.
enum Image {
    static func path() throws -> String {
        try packed.get()
    }

    private static let packed = Result<String, any Error> {
        let path = "/tmp/compose-e2e-image-\(getpid()).tar"
        let script = try #require(realpath("scripts/busybox-image", nil), "the tests start in the package's folder")
        defer { free(script) }
        let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        let command = try Command([String(cString: script), path], environment: environment, directory: "/tmp")
        try command.finish().succeeds()
        atexit { unlink("/tmp/compose-e2e-image-\(getpid()).tar") }
        return path
    }
}
