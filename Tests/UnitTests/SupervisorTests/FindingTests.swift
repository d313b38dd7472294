import EngineModel
import Testing

@testable import Supervisor

struct FindingTests {
    private func thing(_ name: String, _ folder: String) -> HostState.Thing {
        HostState.Thing(name: name, place: "/\(folder)/\(name)")
    }

    private func text(_ state: HostState) -> [String] {
        findings(state).map { "\($0.kind.rawValue) \($0.name)" + ($0.kind.isRemoved ? "" : " stays") }
    }

    @Test func whatFitsIsNoFinding() {
        var state = HostState()
        state.containerDirectories = [thing("a", "containers")]
        state.containers = ["a"]
        state.volumeDirectories = [thing("data", "volumes"), thing("own", "volumes")]
        state.volumes = ["data": false, "own": true]
        state.mounted = ["own"]
        #expect(text(state) == [])
    }

    @Test func whatCommandsLeftThatWereKilledGoes() {
        var state = HostState()
        state.containerDirectories = [thing("a", "containers"), thing("b", "containers")]
        state.containers = ["a"]
        state.controlGroups = [thing("shop-web-1", "groups")]
        state.volumeRemains = [thing("gone", "volumes/.removed")]
        state.networks = [HostState.Thing(name: "shop_default", place: "cb-0123456789ab")]
        state.temporaryDirectories = [thing("t", "tmp")]
        state.projectDirectories = [thing("shop-1", "projects")]
        #expect(
            text(state) == [
                "container directory b", "control group shop-web-1", "removed volume gone", "network shop_default",
                "temporary directory t", "project directory shop-1",
            ])
    }

    @Test func whatSomebodyMayWantIsOnlyShown() {
        var state = HostState()
        state.volumeDirectories = [thing("mine", "volumes"), thing("own", "volumes"), thing("half", "volumes")]
        state.volumeRemains = [thing("half", "volumes")]
        state.volumes = ["own": true]
        #expect(text(state) == ["removed volume half", "volume directory mine stays", "volume own stays"])
    }
}
