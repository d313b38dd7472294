import ContainerNetwork
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import Supervisor
import Testing

struct RecordedBridgeTests {
    private final class Folder {
        let path = "/tmp/compose-bridge-\(getpid())-\(monotonicNanoseconds())"

        deinit { try? Files.removeTree(path) }
    }

    private let folder = Folder()
    private let store: StateStore
    private let network: Network
    private let plan: NetworkPlan

    init() throws {
        store = try StateStore(DataLayout(dataRoot: folder.path + "/data", runRoot: folder.path + "/run"))
        var configuration = NetworkConfiguration(name: "shop_default")
        configuration.enableIPv6 = true
        let id = String(repeating: "a", count: 64)
        plan = try AddressPlanner.plan(
            NetworkRequest(id: id, configuration: configuration), networks: [], occupied: [])
        network = Network(plan, configuration: configuration, created: Instant(nanoseconds: 5))
    }

    @Test func aNetworkKeepsTheBridgeThatItWasMadeWith() throws {
        var other = plan
        // Nothing that today's planner would say of this configuration.
        other.mtu = 1234
        other.subnet6 = IPv6Subnet("fd00:1::/64")
        try store.insert(network, plan: other)
        #expect(try store.bridge(of: network) == other)
    }

    @Test func theBridgeOfAnOlderRecordIsPlannedOnceAndKept() throws {
        try store.insert(network, plan: NetworkPlan?.none)
        #expect(try store.bridge(of: network) == plan)
        #expect(try store.plan(ofNetwork: network.id, as: NetworkPlan.self) == plan)
    }

    @Test func anUnrecordedNetworkHasNoPlan() throws {
        #expect(try store.plan(ofNetwork: "none", as: NetworkPlan.self) == nil)
    }
}
