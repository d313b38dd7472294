import ContainerModel
import EngineModel
import FoundationEssentials
import Primitives
import Testing

struct ContainerConfigurationTests {
    @Test func allOfAConfigurationSurvivesItsRecord() throws {
        let configuration = Self.full
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(ContainerConfiguration.self, from: data) == configuration)
    }

    /// What another version reads: a name that changes here is a record that it cannot read.
    @Test func theNamesInTheRecordAreTheFormat() throws {
        let record = try JSONValue(parsing: Array(JSONEncoder().encode(Self.full)))
        #expect(
            record.members.map(\.name).sorted() == [
                "annotations", "autoRemove", "capAdd", "capDrop", "cgroup", "cgroupParent", "command",
                "deviceCgroupRules", "devices", "dns", "dnsOptions", "dnsSearch", "domainname", "entrypoint",
                "environment", "exposedPorts", "extraHosts", "files", "groupAdd", "healthcheck", "hostname", "image",
                "initProcess", "ipc", "labels", "links", "logging", "macAddress", "mounts", "name", "networkMode",
                "networks", "oomScoreAdj", "openStdin", "pid", "ports", "privileged", "readOnlyRoot", "resources",
                "restart", "securityOpt", "shmSize", "stopSignal", "stopTimeout", "storageOptions", "sysctls",
                "terminal", "ulimits", "user", "uts", "volumesFrom", "workingDirectory",
            ])
    }

    /// An empty list is a choice, nil is none: an empty entrypoint clears the image's.
    @Test func emptyAndNotSetAreRecordedApart() throws {
        var configuration = ContainerConfiguration(name: "a", image: "b")
        configuration.entrypoint = []
        configuration.user = ""
        let data = try JSONEncoder().encode(configuration)
        let again = try JSONDecoder().decode(ContainerConfiguration.self, from: data)
        #expect(again.entrypoint == [] && again.user == "")
        #expect(again.command == nil && again.workingDirectory == nil)
        #expect(again != ContainerConfiguration(name: "a", image: "b"))
    }

    @Test func aVariableThatIsTakenAwaySurvivesTheRecord() throws {
        var configuration = ContainerConfiguration(name: "a", image: "b")
        configuration.environment = ["GONE": nil, "EMPTY": "", "SET": "x=y\n"]
        let data = try JSONEncoder().encode(configuration)
        let again = try JSONDecoder().decode(ContainerConfiguration.self, from: data).environment
        #expect(again.keys.sorted() == ["EMPTY", "GONE", "SET"])
        let gone: String?? = .some(nil)
        #expect(again["GONE"] == gone)
        #expect(again["EMPTY"] == "" && again["SET"] == "x=y\n")
    }

    @Test func aContainerHasItsOwnNamespacesAndNetworksUntilItSaysOtherwise() {
        let configuration = ContainerConfiguration(name: "a", image: "b")
        #expect(configuration.networkMode == .networks)
        for mode in [configuration.pid, configuration.ipc, configuration.uts, configuration.cgroup] {
            #expect(mode == .own)
        }
        #expect(configuration.restart == .no)
        #expect(configuration.logging == LogConfiguration(driver: "json-file", options: [:]))
        #expect(!configuration.privileged && !configuration.autoRemove && !configuration.readOnlyRoot)
    }

    @Test(
        arguments: [
            .bind(source: "/a", createHostPath: true, propagation: .shared, recursive: "disabled", selinux: .private),
            .bind(source: "", createHostPath: false, propagation: nil, recursive: nil, selinux: nil),
            .volume(name: "v", noCopy: true, subpath: "a/b"), .anonymousVolume(noCopy: false),
            .tmpfs(size: .max, mode: 0o1777, options: ["", "uid=0"]), .tmpfs(size: nil, mode: nil, options: []),
        ] as [Mount.Kind])
    func everyMountSurvivesItsRecord(kind: Mount.Kind) throws {
        let mount = Mount(kind: kind, target: "/t", readOnly: true)
        #expect(try JSONDecoder().decode(Mount.self, from: JSONEncoder().encode(mount)) == mount)
    }

    @Test(arguments: [.networks, .none, .host, .container("ab/\"c")] as [NetworkMode])
    func everyNetworkModeSurvivesItsRecord(mode: NetworkMode) throws {
        #expect(try JSONDecoder().decode(NetworkMode.self, from: JSONEncoder().encode(mode)) == mode)
    }

    @Test func aFileIsReadableByAllAndRootsUnlessItSaysOtherwise() {
        let file = InjectedFile(target: "/run/secrets/a", content: "x")
        #expect(file.mode == 0o444 && file.uid == 0 && file.gid == 0)
    }

    private static var full: ContainerConfiguration {
        var result = ContainerConfiguration(name: "shop-web-1", image: "nginx:1")
        result.labels = ["com.docker.compose.project": "shop", "": "\u{0}"]
        result.annotations = ["a": "b"]
        result.command = ["sh", "-c", "echo \"ü\"\n"]
        result.entrypoint = ["/entry"]
        result.environment = ["A": "1"]
        (result.workingDirectory, result.user, result.groupAdd) = ("/w", "1:2", ["audio"])
        (result.hostname, result.domainname) = ("web", "example.org")
        (result.terminal, result.openStdin, result.initProcess) = (true, true, true)
        (result.stopSignal, result.stopTimeout) = ("SIGQUIT", -1)
        result.restart = .onFailure(maximumRetries: 3)
        result.healthcheck = Healthcheck(test: ["CMD", "true"], interval: .seconds(1), retries: 1)
        result.mounts = [Mount(kind: .volume(name: "data", noCopy: false, subpath: nil), target: "/data")]
        (result.volumesFrom, result.readOnlyRoot, result.shmSize) = (["x:ro"], true, .max)
        var network = NetworkAttachment(network: "shop_default")
        network.aliases = ["web"]
        (network.ipv4Address, network.ipv6Address, network.linkLocalAddresses) = (
            "10.0.0.2", "fd00::2", ["169.254.8.8"]
        )
        (network.macAddress, network.interfaceName, network.gatewayPriority) = ("02:00:00:00:00:01", "eth9", -1)
        network.driverOptions = ["a": "b"]
        result.networks = [network]
        result.links = ["db": "shop-db-1"]
        result.ports = [PortMapping(hostPorts: PortRange(8000...8001), containerPort: 80)]
        result.exposedPorts = [ContainerPort(53, .udp)]
        (result.extraHosts, result.dns) = (["a:host-gateway"], ["1.1.1.1"])
        (result.dnsSearch, result.dnsOptions, result.macAddress) = (
            ["example.org"], ["ndots:1"], "02:00:00:00:00:02"
        )
        (result.pid, result.ipc, result.uts, result.cgroup) = (.host, .container("c"), .host, .host)
        (result.privileged, result.capAdd, result.capDrop) = (true, ["ALL"], ["CHOWN"])
        result.securityOpt = [#"seccomp={"defaultAction":"SCMP_ACT_ALLOW"}"#]
        result.devices = [DeviceMapping(source: "/dev/fuse", target: "/dev/fuse")]
        (result.deviceCgroupRules, result.sysctls) = (["c 1:3 rwm"], ["net.core.somaxconn": "1"])
        result.ulimits = [Ulimit(name: "nofile", soft: 1, hard: -1)]
        (result.oomScoreAdj, result.cgroupParent) = (-1000, "/a")
        result.resources.memory = 1
        result.logging = LogConfiguration(driver: "none", options: ["max-size": "1m"])
        result.storageOptions = ["size": "1G"]
        result.files = [InjectedFile(target: "/f", content: "\u{1F433}", mode: 0, uid: .max, gid: .max)]
        result.autoRemove = true
        return result
    }
}
