import ComposeModel
import EngineDouble
import EngineModel
import Reconciler
import Testing

/// `up` after one that was killed while it replaced a container.
struct InterruptedRecreationTests {
    private let engine = makeEngine()
    private var changed: Project

    init() throws {
        changed = project("web")
        try carryOut(plan(changed, on: engine), on: engine)
        changed.services["web"]?.environment["LEVEL"] = "debug"
    }

    private func old() throws -> Container { try engine.container("p-web-1") }

    /// Carries out the first operations of what the changed project needs: create, stop, remove, rename, start.
    private func interrupt(after count: Int) throws -> String {
        let temporary = "\(try old().id.prefix(12))_p-web-1"
        let calls = try plan(changed, on: engine).operations.prefix(count)
        for operation in calls {
            switch operation.action {
            case .createContainer(let configuration, _): _ = try engine.createContainer(configuration)
            case .stopContainer(let name, _, _): try engine.stopContainer(name, timeout: nil)
            case .removeContainer(let name, _, _): try engine.removeContainer(name, force: true, volumes: false)
            case .renameContainer(let name, let new): try engine.renameContainer(name, to: new)
            default: Issue.record("\(operation.action)")
            }
        }
        return temporary
    }

    @Test func aReplacementThatIsMadeTakesThePlaceOfTheOldOne() throws {
        let old = try old().id
        let temporary = try interrupt(after: 1)
        let new = try engine.container(temporary).id
        #expect(
            try plan(changed, on: engine).description == """
                1. stop container \(old): recreated
                2. remove container \(old) (after 1): recreated
                3. rename container \(new) to p-web-1 (after 2): recreated
                4. start container p-web-1 (after 3): recreated

                """)
        try carryOut(plan(changed, on: engine), on: engine)
        #expect(try engine.containers(labels: [:]).map(\.name) == ["p-web-1"])
        #expect(try engine.container("p-web-1").isRunning)
    }

    @Test(arguments: 1...4) func wheneverItWasKilledTheNextUpFinishesIt(count: Int) throws {
        _ = try interrupt(after: count)
        try carryOut(plan(changed, on: engine), on: engine)
        let containers = try engine.containers(labels: [:])
        #expect(containers.map(\.name) == ["p-web-1"])
        #expect(containers.allSatisfy { $0.isRunning && $0.configuration.environment.contains { $0.key == "LEVEL" } })
        #expect(
            try plan(changed, on: engine).description == """
                1. keep container p-web-1: up to date

                """)
    }

    @Test func aReplacementThatIsNotWantedAnyMoreGoesAndTheServiceStays() throws {
        let temporary = try interrupt(after: 1)
        let new = try engine.container(temporary).id
        #expect(
            try plan(project("web"), on: engine).description == """
                1. remove container \(new): its making was interrupted
                2. keep container p-web-1: up to date

                """)
    }

    @Test func aReplacementThatIsOutdatedIsRemovedBeforeAnotherOneIsMade() throws {
        let temporary = try interrupt(after: 1)
        let (old, new) = (try old().id, try engine.container(temporary).id)
        var project = changed
        project.services["web"]?.environment["LEVEL"] = "trace"
        #expect(
            try plan(project, on: engine).description == """
                1. remove container \(new): its making was interrupted
                2. create container \(temporary) from app (after 1): environment LEVEL changed
                3. stop container \(old) (after 2): recreated
                4. remove container \(old) (after 3): recreated
                5. rename container \(temporary) to p-web-1 (after 4): recreated
                6. start container p-web-1 (after 5): recreated

                """)
    }

    @Test func aReplacementGoesBeforeTheNetworkThatIsMadeAnew() throws {
        let temporary = try interrupt(after: 1)
        let new = try engine.container(temporary).id
        var project = changed
        project.networks["default"]?.isInternal = true
        let text = try plan(project, on: engine).description
        #expect(text.contains("remove container \(new)"))
        try carryOut(plan(project, on: engine), on: engine)
        #expect(try engine.containers(labels: [:]).map(\.name) == ["p-web-1"])
        let calls = engine.calls
        let removal = try #require(calls.firstIndex(of: "remove \(temporary)"))
        #expect(try #require(calls.lastIndex(of: "remove network p_default")) > removal)
    }

    @Test func otherCommandsLeaveAReplacementAlone() throws {
        _ = try interrupt(after: 1)
        let observed = try observe(changed, engine: engine)
        let scope = ProjectScope(project: changed, observed: observed)
        #expect(try LifecyclePlanner.start(scope, observed).isEmpty)
        #expect(try LifecyclePlanner.restart(scope, observed, timeout: nil, dependents: true).operations.count == 1)
    }
}
