import EngineDouble
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import SystemPackage
import TerminalUI
import Testing

@testable import ComposeCLI

struct ResourceCommandTests {
    private let engine = FakeEngine()

    private func run(_ words: String...) throws -> (code: Int32, output: String, errors: String) {
        let (outputs, complaints) = (try TextPipe(), try TextPipe())
        let output = OutputWriter(outputs.writing)
        let errors = OutputWriter(complaints.writing, immediate: true)
        let context = CommandContext(
            root: try RootOptions(words), environment: [:], workingDirectory: "/", output: output, errors: errors,
            engine: engine)
        guard case .command(let entry, let rest) = try CommandList.target(of: words) else {
            throw CommandError("not a command")
        }
        let code = try entry.command(entry.read(rest)).execute(context)
        output.flush()
        return (code, try outputs.text(), try complaints.text())
    }

    private func volumes() throws -> [Volume] { try engine.volumes(labels: [:]) }

    @Test func aVolumeIsMadeOnceAndNamed() throws {
        #expect(
            try run("volume", "create", "data", "--label", "a=b", "--label", "c", "-o", "type=none").output == "data\n")
        #expect(try run("volume", "create", "data").output == "data\n")
        #expect(engine.calls == ["create volume data"])
        let configuration = try #require(try volumes().first).configuration
        #expect(configuration.labels == ["a": "b", "c": ""] && configuration.driverOptions == ["type": "none"])
        #expect(throws: CommandError.self) { try run("volume", "create", "data", "-d", "other") }
    }

    @Test func aVolumeWithoutANameGetsOneAndIsAnonymous() throws {
        let name = try run("volume", "create").output
        #expect(name.utf8.count == 65)
        #expect(try volumes().first.map(VolumeRows.isAnonymous) == true)
    }

    /// Volumes `used`, which a container has, `own`, `other` and an anonymous one.
    private func scene() throws {
        for name in ["used", "own", "other"] { try engine.createVolume(VolumeConfiguration(name: name)) }
        var nameless = VolumeConfiguration(name: "0123")
        nameless.labels = [VolumeRows.anonymousLabel: ""]
        try engine.createVolume(nameless)
        var container = ContainerConfiguration(name: "c", image: "i")
        container.mounts = [Mount(kind: .volume(name: "used", noCopy: false, subpath: nil), target: "/d")]
        _ = try engine.createContainer(container)
    }

    @Test func volumesAreListedByNameAndFilter() throws {
        try scene()
        #expect(try run("volume", "ls", "-q").output == "0123\nother\nown\nused\n")
        #expect(try run("volume", "ls", "-q", "-f", "dangling=false").output == "used\n")
        #expect(try run("volume", "ls", "-q", "-f", "name=o", "-f", "dangling=true").output == "other\nown\n")
        #expect(try run("volume", "ls", "-q", "-f", "label=\(VolumeRows.anonymousLabel)").output == "0123\n")
        #expect(try run("volume", "ls").output.hasPrefix("DRIVER    VOLUME NAME\nlocal     0123\n"))
        #expect(throws: CommandError.self) { try run("volume", "ls", "-f", "size=1") }
        #expect(throws: CommandError.self) { try run("volume", "ls", "-f", "dangling=maybe") }
    }

    @Test func inspectShowsWhatItFindsAndFailsForTheRest() throws {
        try scene()
        let shown = try run("volume", "inspect", "own", "nosuch")
        #expect(shown.code == 1 && shown.errors == "get nosuch: no such volume\n")
        #expect(
            shown.output == """
                [
                    {
                        "CreatedAt": "1970-01-01T00:00:00Z",
                        "Driver": "local",
                        "Labels": null,
                        "Mountpoint": "/volumes/own",
                        "Name": "own",
                        "Options": null,
                        "Scope": "local"
                    }
                ]

                """)
        #expect(try run("volume", "inspect", "-f", "{{.Name}}", "own").output == "own\n")
    }

    @Test func removalGoesOnAfterWhatCannotBeRemoved() throws {
        try scene()
        engine.update { $0.failures["remove volume used"] = EngineError(.inUse, "volume used", "a container uses it") }
        let removal = try run("volume", "rm", "nosuch", "used", "own")
        #expect(removal.code == 1 && removal.output == "own\n")
        #expect(removal.errors == "get nosuch: no such volume\nvolume used: a container uses it\n")
        #expect(try run("volume", "rm", "-f", "nosuch").code == 0)
    }

    @Test func pruneTakesAnonymousVolumesAndWithAllTheOthersToo() throws {
        try scene()
        let first = try run("volume", "prune", "-f")
        #expect(first.output == "Deleted Volumes:\n0123\n\nTotal reclaimed space: 0B\n")
        #expect(
            try run("volume", "prune", "-f", "--filter", "all=true").output.hasPrefix("Deleted Volumes:\nother\nown\n"))
        #expect(try volumes().map(\.name) == ["used"])
    }

    @Test func aNetworkGetsWhatItsOptionsSay() throws {
        let words = [
            "network", "create", "n", "--subnet", "10.1.0.0/16", "--subnet", "fd00:1::/64", "--gateway", "10.1.0.9",
            "--ip-range", "10.1.2.0/24", "--aux-address", "a=10.1.0.7", "--internal", "--ipv6", "--label", "x=y",
            "-o", "com.docker.network.driver.mtu=1400",
        ]
        guard case .command(let entry, let rest) = try CommandList.target(of: words) else { return }
        let nothing = try Descriptor.open("/dev/null", O_WRONLY)
        let writer = OutputWriter(nothing.raw)
        let context = CommandContext(
            root: try RootOptions(words), environment: [:], workingDirectory: "/", output: writer, errors: writer,
            engine: engine)
        #expect(try entry.command(entry.read(rest)).execute(context) == 0)
        let made = try #require(try engine.network(named: "n")).configuration
        #expect(made.isInternal && made.enableIPv6 && made.labels == ["x": "y"])
        #expect(made.driverOptions == ["com.docker.network.driver.mtu": "1400"])
        var first = AddressPool(subnet: "10.1.0.0/16", ipRange: "10.1.2.0/24", gateway: "10.1.0.9")
        first.auxiliaryAddresses = ["a": "10.1.0.7"]
        #expect(made.pools == [first, AddressPool(subnet: "fd00:1::/64")])
        #expect(throws: CommandError("network with name n already exists")) { try run("network", "create", "n") }
    }

    @Test func whatBelongsToNoSubnetIsRefused() {
        #expect(throws: CommandError("no matching subnet for gateway 10.2.0.1")) {
            try NetworkPools(subnets: ["10.1.0.0/16"], gateways: ["10.2.0.1"], ranges: [], auxiliary: [:])
        }
        #expect(throws: CommandError.self) {
            try NetworkPools(subnets: [], gateways: ["10.2.0.1"], ranges: [], auxiliary: [:])
        }
        #expect(throws: CommandError.self) {
            try NetworkPools(subnets: ["10.1.0.0/16"], gateways: ["10.1.0.1", "10.1.0.2"], ranges: [], auxiliary: [:])
        }
    }

    @Test func networksAreListedInspectedPrunedAndRemoved() throws {
        for name in ["used", "free"] { try engine.createNetwork(NetworkConfiguration(name: name)) }
        var container = ContainerConfiguration(name: "c", image: "i")
        container.networks = [NetworkAttachment(network: "used")]
        _ = try engine.createContainer(container)
        #expect(
            try run("network", "ls").output == """
                NETWORK ID   NAME      DRIVER    SCOPE
                free         free      bridge    local
                used         used      bridge    local

                """)
        #expect(try run("network", "ls", "-q", "-f", "dangling=true").output == "free\n")
        let shown = try run("network", "inspect", "used", "-f", "{{json .IPAM.Config}}").output
        #expect(shown == "[{\"Gateway\":\"172.18.0.1\",\"Subnet\":\"172.18.0.0/16\"}]\n")
        #expect(try run("network", "inspect", "nosuch").errors == "network nosuch: not found\n")
        #expect(try run("network", "prune", "-f").output == "Deleted Networks:\nfree\n\n")
        #expect(try run("network", "rm", "used").output == "used\n")
    }
}

/// What was written into a pipe.
private final class TextPipe {
    private let reading: Descriptor
    private let pipe: Descriptor
    var writing: Int32 { pipe.raw }

    init() throws {
        let ends = try Descriptor.pipe()
        let (read, write) = (ends.read.take(), ends.write.take())
        reading = Descriptor(owning: read)
        pipe = Descriptor(owning: write)
    }

    func text() throws -> String {
        // A byte of ours, so that reading ends where nothing was written.
        try pipe.writeAll([0])
        return String(decoding: try reading.read(upTo: 65536).dropLast(), as: UTF8.self)
    }
}
