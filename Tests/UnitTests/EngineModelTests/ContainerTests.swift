import EngineModel
import FoundationEssentials
import Primitives
import Testing

struct ContainerTests {
    private static func container() -> Container {
        var configuration = ContainerConfiguration(name: "web", image: "nginx")
        configuration.labels = ["a": "b"]
        return Container(
            id: "1", name: "web", imageID: "sha256:2", configuration: configuration, arguments: ["nginx"],
            created: Instant(nanoseconds: 1))
    }

    @Test(
        arguments: [
            (.created, false), (.running, true), (.paused, true), (.restarting, true), (.exited, false),
        ] as [(Container.State, Bool)])
    func pausedAndRestartingContainersCountAsRunning(state: Container.State, isRunning: Bool) {
        var container = Self.container()
        container.state = state
        #expect(container.isRunning == isRunning)
    }

    @Test func aNewContainerHasNotRun() {
        let container = Self.container()
        #expect(container.state == .created && !container.isRunning)
        #expect(container.exitCode == 0 && container.processID == 0 && container.restartCount == 0)
        #expect(container.startedAt == nil && container.finishedAt == nil && container.health == nil)
        #expect(container.addresses.isEmpty && container.ports.isEmpty && container.mounts.isEmpty)
        #expect(container.labels == ["a": "b"])
    }

    @Test func aContainerThatRanSurvivesItsRecord() throws {
        var container = Self.container()
        container.state = .exited
        container.health = .unhealthy
        container.exitCode = 137
        container.oomKilled = true
        container.error = "cannot mount \"x\""
        container.startedAt = Instant(nanoseconds: .min)
        container.finishedAt = Instant(nanoseconds: .max)
        container.addresses = [
            "n": EndpointAddress(
                ipv4: "10.0.0.2", prefixLength: 16, gateway: "10.0.0.1", macAddress: "02:00:00:00:00:01")
        ]
        container.ports = [BoundPort(hostAddress: .v4(.unspecified), hostPort: 8080, containerPort: 80)]
        container.mounts = [
            MountPoint(type: "volume", name: "v", source: "/s", target: "/t", readOnly: true, anonymous: true)
        ]
        #expect(try JSONDecoder().decode(Container.self, from: JSONEncoder().encode(container)) == container)
    }

    @Test(arguments: ["dead", "Running", "", "removing"])
    func aStateThatThereIsNotIsRefused(word: String) throws {
        var record = try JSONValue(parsing: Array(JSONEncoder().encode(Self.container())))
        record["state"] = .string(word)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Container.self, from: Data(record.description.utf8))
        }
    }

    @Test func networksAndVolumesAreCalledWhatTheyWereMadeFrom() {
        let time = Instant(nanoseconds: 0)
        let network = Network(
            id: "1", configuration: NetworkConfiguration(name: "shop_default"), created: time, subnet: "10.0.0.0/16",
            gateway: "10.0.0.1", bridge: "cb-1")
        let volume = Volume(
            configuration: VolumeConfiguration(name: "shop_data"), created: time, path: "/v", anonymous: false)
        #expect(network.name == "shop_default")
        #expect(volume.name == "shop_data")
    }

    @Test func aLogIsReadToItsEndFromItsBegin() {
        let options = LogOptions()
        #expect(!options.follow && !options.untilExit)
        #expect(options.tail == nil && options.since == nil && options.until == nil)
    }
}
