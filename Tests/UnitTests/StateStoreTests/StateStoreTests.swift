import ContainerModel
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import Testing

/// A store in a directory of its own, removed at the end.
final class TemporaryStore {
    let directory: String
    let store: StateStore

    init() throws {
        directory = "/tmp/compose-state-\(getpid())-\(monotonicNanoseconds())"
        store = try StateStore(DataLayout(dataRoot: directory + "/data", runRoot: directory + "/run"))
    }

    deinit { try? Files.removeTree(directory) }

    static func container(_ digit: Character, name: String, project: String = "shop") throws -> ContainerRecord {
        var configuration = ContainerConfiguration(name: name, image: "busybox")
        configuration.labels = ["com.docker.compose.project": project, "com.docker.compose.service": "web"]
        let container = Container(
            id: String(repeating: digit, count: 64), name: name, imageID: "sha256:1", configuration: configuration,
            arguments: ["sh"], created: Instant(nanoseconds: 5))
        let root = RootFilesystem(lowerDirectories: ["/"], upperDirectory: "/upper", workDirectory: "/work")
        let process = ProcessSpec(arguments: ["sh"], environment: [])
        return try ContainerRecord(
            container: container,
            spec: ContainerSpec(id: container.id, name: name, root: root, process: process, directory: "/c"))
    }
}

@Test func aContainerIsReadBackAsItWasWritten() throws {
    let temporary = try TemporaryStore()
    var record = try TemporaryStore.container("a", name: "shop-web-1")
    record.container.health = .starting
    record.container.addresses = [
        "net": EndpointAddress(ipv4: "10.0.0.2", prefixLength: 24, gateway: "10.0.0.1", macAddress: "02:00:00:00:00:01")
    ]
    record.container.ports = [BoundPort(hostAddress: .v4(.unspecified), hostPort: 80, containerPort: 8080)]
    try temporary.store.insert(record)
    #expect(try temporary.store.container(id: record.id) == record)
    #expect(try StateStore(temporary.store.layout).container(matching: "shop-web-1") == record)
}

@Test func aRunningContainersProcessAndSpecificationAreReadBack() throws {
    let temporary = try TemporaryStore()
    let record = try TemporaryStore.container("a", name: "one")
    try temporary.store.insert(record)
    let process = ProcessIdentity(pid: 77, startTicks: 1234, bootID: "boot")
    try temporary.store.updateStatus(of: record.id) { $0.process = process }
    let found = try #require(try temporary.store.container(id: record.id))
    #expect(found.process == process)
    #expect(found.container.processID == 77)
    #expect(try found.spec() == record.spec())
    #expect(try found.spec().process.arguments == ["sh"])
}

@Test func theEndOfARunLeavesNothingOfARunningContainer() throws {
    var record = try TemporaryStore.container("a", name: "one")
    record.process = ProcessIdentity(pid: 77, startTicks: 1234, bootID: "boot")
    record.container.state = .running
    record.container.health = .healthy
    record.container.restartCount = 2
    record.container.addresses = [
        "net": EndpointAddress(ipv4: "10.0.0.2", prefixLength: 24, gateway: "10.0.0.1", macAddress: "02:00:00:00:00:01")
    ]
    record.container.ports = [BoundPort(hostAddress: .v4(.unspecified), hostPort: 80, containerPort: 8080)]
    record.end(.exited, exitCode: 3)
    #expect(record.container.state == .exited)
    #expect(record.container.exitCode == 3)
    #expect(record.process == nil && record.container.processID == 0)
    #expect(record.container.health == nil)
    #expect(record.container.addresses.isEmpty && record.container.ports.isEmpty)
    #expect(record.container.restartCount == 2)
}

@Test func anEventOfAContainerHasItsLabelsNameAndImage() throws {
    let record = try TemporaryStore.container("a", name: "one")
    let event = Event("die", of: record, ["exitCode": "3"])
    #expect(event.type == "container" && event.action == "die" && event.id == record.id)
    #expect(event.attributes["com.docker.compose.service"] == "web")
    #expect(event.attributes["name"] == "one" && event.attributes["image"] == "busybox")
    #expect(event.attributes["exitCode"] == "3")
}

@Test func containersAreFoundByNamePrefixAndLabels() throws {
    let store = try TemporaryStore()
    try store.store.insert(TemporaryStore.container("a", name: "one"))
    try store.store.insert(TemporaryStore.container("b", name: "two", project: "other"))
    #expect(try store.store.container(matching: "aaaa")?.name == "one")
    #expect(try store.store.container(matching: "two")?.id.first == "b")
    #expect(try store.store.container(matching: "none") == nil)
    #expect(try store.store.containers(labels: ["com.docker.compose.project": "other"]).map(\.name) == ["two"])
    #expect(try store.store.containers(labels: ["com.docker.compose.service": nil]).count == 2)
    #expect(try store.store.containers(labels: ["com.docker.compose.service": "db"]).isEmpty)
}

@Test func theNeighbourhoodOfAProjectIsItsContainersAndThoseInItsNetworks() throws {
    let store = try TemporaryStore().store
    for (id, project) in [("a", "own"), ("b", "own"), ("c", "near"), ("d", "near"), ("e", "far")] {
        try store.insert(TemporaryStore.container(Character(id), name: id, project: project))
    }
    func lease(_ address: String, _ network: String, _ id: String) throws {
        try store.leaseAddress(address, network: network, container: String(repeating: id, count: 64))
    }
    try lease("10.0.0.2", "shared", "a")
    try lease("10.0.0.3", "shared", "c")
    try lease("10.0.1.2", "other", "c")
    try lease("10.0.1.3", "other", "d")
    try lease("10.0.1.4", "other", "e")
    #expect(try store.neighbourhood(of: "own").map(\.name) == ["a", "b", "c"])
    #expect(try store.neighbourhood(of: "far").map(\.name) == ["c", "d", "e"])
    #expect(try store.neighbourhood(of: "none").isEmpty)
}

@Test func aTakenNameIsAConflict() throws {
    let temporary = try TemporaryStore()
    try temporary.store.insert(TemporaryStore.container("a", name: "one"))
    let error = #expect(throws: EngineError.self) {
        try temporary.store.insert(TemporaryStore.container("b", name: "one"))
    }
    #expect(error?.code == .conflict)
}

@Test func aFailedTransactionChangesNothing() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    _ = try? store.transaction { () throws(EngineError) in
        try store.leaseAddress("10.0.0.2", network: "n", container: "c")
        throw EngineError(.invalid, "", "stop")
    }
    #expect(try store.leasedAddresses(network: "n").isEmpty)
    try store.leaseAddress("10.0.0.2", network: "n", container: "c")
    #expect(throws: EngineError.self) { try store.leaseAddress("10.0.0.2", network: "n", container: "d") }
}

@Test func statusUpdatesAndRemovalReachOtherConnections() throws {
    let temporary = try TemporaryStore()
    let other = try StateStore(temporary.store.layout)
    let watch = try ChangeWatch(temporary.store.layout)
    try temporary.store.insert(TemporaryStore.container("a", name: "one"))
    let noticed = watch.wait(milliseconds: 5000)
    #expect(noticed)
    let id = String(repeating: "a", count: 64)
    try temporary.store.updateStatus(of: id) { record in
        record.container.state = .exited
        record.container.exitCode = 137
    }
    #expect(try other.container(id: id)?.container.exitCode == 137)
    try other.leaseAddress("10.80.0.2", network: "net", container: id)
    try other.removeContainer(id: id)
    #expect(try temporary.store.container(id: id) == nil)
    #expect(try temporary.store.leasedAddresses(network: "net").isEmpty)
}

@Test func eventsComeInOrderAfterASequenceNumber() throws {
    let temporary = try TemporaryStore()
    for number in 1...3 {
        try temporary.store.append(
            Event(
                time: Instant(nanoseconds: Int64(number)), type: "container", action: "start", id: "\(number)",
                attributes: ["com.docker.compose.project": number == 2 ? "b" : "a"]))
    }
    #expect(try temporary.store.events(after: 1).map(\.event.id) == ["2", "3"])
    #expect(try temporary.store.events(after: 0, project: "b").map(\.event.id) == ["2"])
    #expect(try temporary.store.lastEvent() == 3)
}

@Test func aNameMovesFromImageToImage() throws {
    let temporary = try TemporaryStore()
    for id in ["sha256:aa", "sha256:ab"] {
        try temporary.store.insert(
            ImageRecord(
                id: id, layers: ["sha256:1", "sha256:2"], size: 7, stored: Instant(nanoseconds: 1), content: "{}"))
    }
    #expect(try temporary.store.name(image: "sha256:aa", reference: "docker.io/library/x:1") == nil)
    #expect(try temporary.store.name(image: "sha256:ab", reference: "docker.io/library/x:1") == "sha256:aa")
    #expect(try temporary.store.image(reference: "docker.io/library/x:1")?.layers == ["sha256:1", "sha256:2"])
    #expect(try temporary.store.images(idPrefix: "a").count == 2)
    #expect(try temporary.store.images(idPrefix: "sha256:ab").first?.names == ["docker.io/library/x:1"])
}
