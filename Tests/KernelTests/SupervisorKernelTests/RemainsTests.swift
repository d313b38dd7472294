import ContainerNetwork
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import Testing

@testable import Supervisor

/// What commands leave that are killed, and what the next ones make of it.
@Suite(.serialized) struct RemainsTests {
    private func hasLink(_ name: String) -> Bool { Files.exists("/sys/class/net/\(name)") }

    @Test func aBridgeWhoseRecordIsGoneIsFoundAndRemoved() throws {
        let project = try TestProject()
        defer { project.close() }
        let name = try project.network("net")
        let bridge = try project.store.bridge(of: try #require(try project.store.network(matching: name)))
        let networks = MadeNetworks(project.layout)
        let host = try HostNetwork(runRoot: project.layout.runRoot)
        try networks.ensure(bridge, on: host)
        #expect(hasLink(bridge.bridge))
        #expect(try networks.remains(project.store).isEmpty)

        // Killed between forgetting it and removing it.
        try project.store.removeNetwork(id: bridge.id)
        let found = try Reconciliation(project.store).findings()
        #expect(found.map(\.kind) == [.network] && found.map(\.place) == [bridge.bridge])

        // Another data root of the same run root leaves it alone.
        let other = DataLayout(dataRoot: project.layout.dataRoot + "/other", runRoot: project.layout.runRoot)
        let otherStore = try StateStore(other)
        #expect(try Reconciliation(otherStore).findings().isEmpty)
        try Reconciliation(otherStore).run()
        #expect(hasLink(bridge.bridge))

        #expect(try Reconciliation(project.store).run().map(\.name) == [name])
        #expect(!hasLink(bridge.bridge))
        #expect(try Reconciliation(project.store).findings().isEmpty)
    }

    @Test func theBridgeOfAllProjectsGoesWhenNoContainerIsInIt() throws {
        let project = try TestProject()
        defer { project.close() }
        let host = try HostNetwork(runRoot: project.layout.runRoot)
        let configuration = NetworkConfiguration(name: SharedBridge.name)
        let plan = try AddressPlanner.plan(
            NetworkRequest(id: RandomIdentifier.make(), configuration: configuration), networks: [],
            occupied: try host.occupiedSubnets())
        try project.store.insert(Network(plan, configuration: configuration, created: .now()), plan: plan)
        try MadeNetworks(project.layout).ensure(plan, on: host)
        let id = try project.container("web", ["true"]) {
            $0.networkMode = .networks
            $0.networks = [NetworkAttachment(network: SharedBridge.name)]
        }
        try Reconciliation(project.store).run()
        #expect(hasLink(plan.bridge))
        // Killed after the container's record went.
        try project.store.removeContainer(id: id)
        #expect(try Reconciliation(project.store).findings().contains { $0.place == plan.bridge })
        try Reconciliation(project.store).run()
        #expect(!hasLink(plan.bridge))
        #expect(try project.store.network(matching: SharedBridge.name) == nil)
    }

    @Test func aContainerDoesNotStartInANetworkThatIsBeingRemoved() throws {
        let project = try TestProject()
        defer { project.close() }
        let network = try project.network("net")
        let id = try project.container("web", ["sleep", "1000"]) {
            $0.networkMode = .networks
            $0.networks = [NetworkAttachment(network: network)]
        }
        let bridge = try project.store.bridge(of: try #require(try project.store.network(matching: network)))
        try project.store.removeNetwork(id: bridge.id)
        let error = #expect(throws: EngineError.self) { _ = try project.client.start(id) }
        #expect(error?.code == .notFound)
        #expect(!hasLink(bridge.bridge))
        #expect(try project.store.leasedAddresses(network: bridge.id).isEmpty)
    }

    @Test func theNetworkOfBuildsWhoseRemovalFailedIsRemovedLater() throws {
        let project = try TestProject()
        defer { project.close() }
        let host = try HostNetwork(runRoot: project.layout.runRoot)
        let network = BuildNetwork(layout: project.layout)
        let place: EndpointRequest
        do {
            let session = try BuildSession(project.layout)
            place = try network.join(session.name, host: host, store: project.store)
            #expect(hasLink(place.network.bridge))
            #expect(throws: EngineError.self) {
                try network.leave(session.name) { () throws(NetworkError) in
                    throw NetworkError(.system, "host", "broken")
                }
            }
            session.end()
        }
        #expect(hasLink(place.network.bridge))
        try Reconciliation(project.store).run()
        #expect(!hasLink(place.network.bridge))
        #expect(try Reconciliation(project.store).findings().isEmpty)
    }

    @Test func aDirectoryOfAProjectInWhichNothingRunsGoesAndOneThatIsSupervisedStays() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("web", ["sleep", "1000"])
        _ = try project.client.start(id)
        let deserted = project.layout.project("deserted")
        try Files.makeDirectories(deserted)
        let found = try Reconciliation(project.store).findings()
        #expect(found.map(\.place) == [deserted])
        try Reconciliation(project.store).run()
        #expect(!Files.exists(deserted))
        #expect(try project.supervisorProcess() != nil)
        #expect(try project.record(id).container.isRunning)
    }
}
