import ContainerModel
import FoundationEssentials
import Primitives
import Testing

struct ContainerSpecTests {
    @Test func theHostnameIsTheShortIDUntilAnotherIsGiven() {
        #expect(Self.spec(id: "0123456789abcdef0123456789abcdef").hostname == "0123456789ab")
        #expect(Self.spec(id: "short").hostname == "short")
        #expect(Self.spec(id: "").hostname == "")
    }

    @Test func nothingIsAskedForThatIsNotGiven() {
        let spec = Self.spec()
        #expect(spec.namespaces == NamespaceSpec())
        #expect(spec.resources == ResourceLimits())
        #expect(spec.mounts.isEmpty && spec.devices.isEmpty && spec.deviceCgroupRules.isEmpty && spec.sysctls.isEmpty)
        #expect(!spec.privileged && !spec.unconfinedSystemPaths && !spec.initProcess && !spec.root.readOnly)
        #expect(spec.domainname == nil && spec.shmSize == nil && spec.cgroupParent == nil)
    }

    @Test func aProcessIsConfinedUntilSomethingElseIsGiven() {
        let process = ProcessSpec(arguments: ["true"])
        #expect(process.seccomp == .builtin)
        #expect(process.capabilitiesAdded.isEmpty && process.capabilitiesDropped.isEmpty)
        #expect(process.user == "" && process.workingDirectory == "/")
        #expect(!process.terminal && !process.noNewPrivileges)
    }

    @Test func everyNamespaceIsTheContainersOwnUntilAnotherIsGiven() {
        let namespaces = NamespaceSpec()
        for mode in [namespaces.pid, namespaces.ipc, namespaces.uts, namespaces.network, namespaces.cgroup] {
            #expect(mode == .own)
        }
    }

    @Test func allOfASpecificationSurvivesItsRecord() throws {
        let spec = Self.full
        #expect(try reread(spec) == spec)
        #expect(try reread(Self.spec()) == Self.spec())
    }

    /// What the supervisor of another version reads: a name that changes here is a record that it cannot read.
    @Test func theNamesInTheRecordAreTheFormat() throws {
        let record = try recorded(Self.full)
        #expect(
            record.names == [
                "cgroupParent", "deviceCgroupRules", "devices", "directory", "domainname", "hostname", "id",
                "initProcess", "mounts", "name", "namespaces", "privileged", "process", "resources", "root", "shmSize",
                "sysctls", "unconfinedSystemPaths",
            ])
        #expect(
            record["process"]?.names == [
                "additionalGroups", "apparmorProfile", "arguments", "capabilitiesAdded", "capabilitiesDropped",
                "environment", "noNewPrivileges", "oomScoreAdjustment", "rlimits", "seccomp", "terminal", "user",
                "workingDirectory",
            ])
        #expect(record["root"]?.names == ["lowerDirectories", "readOnly", "upperDirectory", "workDirectory"])
        #expect(record["namespaces"]?.names == ["cgroup", "ipc", "network", "pid", "uts"])
    }

    @Test func whatIsNotSetIsNotRecorded() throws {
        let record = try recorded(Self.spec())
        #expect(record["domainname"] == nil && record["shmSize"] == nil && record["cgroupParent"] == nil)
        #expect(record["process"]?["apparmorProfile"] == nil)
    }

    /// A newer version may record more than this one knows.
    @Test func whatIsNotKnownIsPassedOver() throws {
        let text = String(decoding: try JSONEncoder().encode(Self.full), as: UTF8.self)
        let newer = #"{"fromTheFuture":[{"x":null}],"# + text.dropFirst()
        #expect(try read(newer, as: ContainerSpec.self) == Self.full)
    }

    @Test(arguments: ["", "{}", "[]", "null", "\"\"", "{\"id\":\"a\"}", "{\"id\":7}"])
    func aDamagedRecordIsRefused(text: String) {
        #expect(throws: DecodingError.self) { try read(text, as: ContainerSpec.self) }
    }

    @Test(
        arguments: [
            ("process", "null"), ("root", "[]"), ("mounts", "{}"), ("sysctls", "{\"a\":1}"), ("privileged", "\"yes\""),
            ("shmSize", "-1"), ("shmSize", "18446744073709551616"), ("namespaces", "{\"pid\":\"host\"}"),
        ])
    func aFieldOfAnotherKindIsRefused(name: String, value: String) throws {
        var record = try recorded(Self.full)
        record[name] = try JSONValue(parsing: value)
        #expect(throws: DecodingError.self) { try read(record.description, as: ContainerSpec.self) }
    }

    private static func spec(id: String = "0123456789abcdef") -> ContainerSpec {
        ContainerSpec(
            id: id, name: "shop-web-1",
            root: RootFilesystem(lowerDirectories: ["/l"], upperDirectory: "/c/upper", workDirectory: "/c/work"),
            process: ProcessSpec(arguments: ["true"]), directory: "/c")
    }

    /// Each field differs from what it is by itself; texts hold what JSON has to escape.
    private static var full: ContainerSpec {
        var spec = spec()
        spec.hostname = "web"
        spec.domainname = "example.org"
        spec.root.readOnly = true
        spec.mounts = [
            MountSpec(source: .generated(path: "/c/hosts"), target: "/etc/hosts"),
            MountSpec(source: .tmpfs(size: .max, mode: 0o1777, options: ["noexec"]), target: "/tmp", readOnly: true),
        ]
        spec.namespaces.pid = .host
        spec.namespaces.ipc = .container("ab\"\\\n\u{0}ü")
        spec.resources.memory = .max
        spec.resources.memorySwap = -1
        spec.resources.blkioReadBps = [BlkioDevice(path: "/dev/sda", value: .max)]
        spec.devices = [DeviceMapping(source: "/dev/fuse", target: "/dev/fuse", permissions: "r")]
        spec.deviceCgroupRules = ["c 1:3 rwm"]
        spec.sysctls = ["net.core.somaxconn": "1024", "": ""]
        spec.shmSize = 0
        spec.initProcess = true
        spec.privileged = true
        spec.unconfinedSystemPaths = true
        spec.cgroupParent = "/a/b"
        spec.process = ProcessSpec(
            arguments: ["sh", "-c", "echo \"$A\"\t\u{1F433}"], environment: ["A=", "B==\n"], workingDirectory: "/w",
            user: "1000:1000")
        spec.process.additionalGroups = ["audio", "4294967294"]
        spec.process.terminal = true
        spec.process.capabilitiesAdded = ["ALL"]
        spec.process.capabilitiesDropped = ["CHOWN"]
        spec.process.noNewPrivileges = true
        spec.process.seccomp = .profile(#"{"defaultAction":"SCMP_ACT_ERRNO"}"#)
        spec.process.apparmorProfile = "unconfined"
        spec.process.rlimits = [Ulimit(name: "nofile", soft: -1, hard: .max)]
        spec.process.oomScoreAdjustment = -1000
        return spec
    }
}
