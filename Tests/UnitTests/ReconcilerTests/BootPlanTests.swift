import ComposeModel
import EngineDouble
import EngineModel
import Primitives
import Reconciler
import Testing

/// What is started after a boot of the machine.
struct BootPlanTests {
    private static let boot = Instant(nanoseconds: 1_000)

    /// Containers whose run ended `ended` nanoseconds after the epoch: with the machine, or because somebody stopped them.
    private func plan(
        _ restarts: [String: RestartPolicy], withMachine: Set<String> = [], ended: Int64 = 900,
        running: (FakeEngine) throws -> Set<String> = { _ in [] }, dependsOn: [String: String] = [:]
    ) throws -> String {
        let engine = makeEngine()
        let project = Self.project(restarts.keys.sorted())
        try carryOut(ReconcilerTests.plan(project, on: engine), on: engine)
        engine.update { state in
            for index in state.containers.indices {
                let service = state.containers[index].service
                state.containers[index].configuration.restart = restarts[service] ?? .no
                state.containers[index].configuration.labels[ProjectLabel.dependsOn] = dependsOn[service]
                state.containers[index].state = .exited
                state.containers[index].finishedAt = Instant(nanoseconds: ended)
                if withMachine.contains(service) { state.containers[index].error = Container.endOfMachine }
            }
        }
        let observed = try observe(projectNamed: project.name, engine: engine)
        let scope = ProjectScope(project: nil, observed: observed)
        return try named(
            LifecyclePlanner.boot(scope, observed, since: Self.boot, running: running(engine)), on: engine)
    }

    private static func project(_ names: [String]) -> Project {
        ReconcilerTests.project("x") { project in
            let service = project.services.removeValue(forKey: "x")
            for name in names {
                project.services[name] = service
                project.services[name]?.name = name
            }
        }
    }

    @Test func alwaysMeansAlwaysAndUnlessStoppedWhatRan() throws {
        let policies: [String: RestartPolicy] = [
            "a": .always, "f": .onFailure(maximumRetries: 0), "n": .no, "u": .unlessStopped,
        ]
        let all = Set(policies.keys)
        #expect(try plan(policies, withMachine: all) == "1. start container p-a-1\n2. start container p-u-1\n")
        #expect(try plan(policies) == "1. start container p-a-1\n")
    }

    @Test func whatAnOrderlyShutdownStoppedRan() throws {
        #expect(
            try plan(
                ["u": .unlessStopped, "v": .unlessStopped], running: { [try $0.container("p-v-1").id] })
                == "1. start container p-v-1\n")
    }

    /// A second call in the same boot starts nothing that was stopped meanwhile.
    @Test func whatWasStoppedAfterTheBootStaysStopped() throws {
        #expect(try plan(["a": .always, "u": .unlessStopped], ended: 1_001) == "")
    }

    @Test func theOrderHoldsAndNothingWaitsForWhatWillNotCome() throws {
        let policies: [String: RestartPolicy] = ["a": .always, "b": .always, "c": .always, "job": .no]
        let dependsOn = [
            "b": "a:service_healthy:false", "c": "b:service_started:false,job:service_completed_successfully:false",
        ]
        #expect(
            try plan(policies, dependsOn: dependsOn) == """
                1. start container p-a-1
                2. wait for service_healthy of a (after 1)
                3. start container p-b-1 (after 2?)
                4. start container p-c-1 (after 3?)

                """)
    }

    @Test func plansOfTwoProjectsDoNotWaitForEachOther() throws {
        let engine = makeEngine()
        let project = ReconcilerTests.project("a", "b") { $0.services["b"]?.dependsOn = ["a": ServiceDependency()] }
        try carryOut(ReconcilerTests.plan(project, on: engine), on: engine)
        for container in try engine.containers(labels: [:]) { try engine.stopContainer(container.id, timeout: nil) }
        let observed = try observe(projectNamed: project.name, engine: engine)
        let scope = ProjectScope(project: nil, observed: observed)
        var plan = try LifecyclePlanner.start(scope, observed)
        plan.join(try LifecyclePlanner.start(scope, observed))
        #expect(
            try named(plan, on: engine) == """
                1. start container p-a-1
                2. start container p-b-1 (after 1)
                3. start container p-a-1
                4. start container p-b-1 (after 3)

                """)
    }
}
