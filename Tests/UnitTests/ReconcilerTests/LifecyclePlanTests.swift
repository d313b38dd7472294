import ComposeModel
import EngineDouble
import EngineModel
import Reconciler
import Testing

struct LifecyclePlanTests {
    /// A chain: `c` depends on `b`, `b` on `a`.
    private static func scene(
        _ change: (inout Project) -> Void = { _ in }, up: (inout UpOptions) -> Void = { _ in }
    ) throws -> (Project, FakeEngine) {
        let engine = makeEngine()
        let project = project("a", "b", "c") { project in
            project.services["b"]?.dependsOn = ["a": ServiceDependency()]
            project.services["c"]?.dependsOn = ["b": ServiceDependency()]
            change(&project)
        }
        try carryOut(plan(project, on: engine, up), on: engine)
        return (project, engine)
    }

    private func text(
        _ project: Project, on engine: FakeEngine, named services: Set<String> = [],
        _ make: (ProjectScope, ObservedState) throws -> Plan
    ) throws -> String {
        let observed = try observe(project, engine: engine)
        return try named(
            make(ProjectScope(project: project, observed: observed, named: services), observed), on: engine)
    }

    private func stopAll(_ engine: FakeEngine) throws {
        for container in try engine.containers(labels: [:]) { try engine.stopContainer(container.id, timeout: nil) }
    }

    @Test func dependentsStopFirst() throws {
        let (project, engine) = try Self.scene()
        #expect(
            try text(project, on: engine) { try LifecyclePlanner.stop($0, $1, timeout: 7) }
                == """
                1. stop container p-c-1 within 7 s
                2. stop container p-b-1 within 7 s (after 1)
                3. stop container p-a-1 within 7 s (after 2, 1)

                """)
    }

    /// The order holds over a service in between that has no containers.
    @Test func aGapInTheChainKeepsTheOrder() throws {
        let (project, engine) = try Self.scene(up: { $0.scale["b"] = 0 })
        #expect(
            try text(project, on: engine) { try LifecyclePlanner.stop($0, $1, timeout: nil) } == """
                1. stop container p-c-1
                2. stop container p-a-1 (after 1)

                """)
    }

    @Test func whatIsStoppedIsNotStoppedAgain() throws {
        let (project, engine) = try Self.scene()
        try stopAll(engine)
        let plan = try text(project, on: engine) { try LifecyclePlanner.stop($0, $1, timeout: nil) }
        #expect(plan == "")
    }

    @Test func hooksRunBeforeTheStopOfWhatRuns() throws {
        let (project, engine) = try Self.scene { project in
            project.services["a"]?.preStop = [ServiceHook()]
        }
        try engine.stopContainer("p-c-1", timeout: nil)
        try engine.pauseContainer("p-b-1")
        #expect(
            try text(project, on: engine, named: ["a"]) { try LifecyclePlanner.stop($0, $1, timeout: nil) } == """
                1. run a hook in container p-a-1: pre_stop
                2. stop container p-a-1 (after 1)

                """)
        // A paused container runs nothing.
        try engine.pauseContainer("p-a-1")
        #expect(
            try text(project, on: engine, named: ["a"]) { try LifecyclePlanner.stop($0, $1, timeout: nil) }
                == "1. stop container p-a-1\n")
    }

    @Test func aServiceStartsAfterAllThatItNeeds() throws {
        let (project, engine) = try Self.scene()
        try stopAll(engine)
        #expect(
            try text(project, on: engine, named: ["c"]) { try LifecyclePlanner.start($0, $1) } == """
                1. start container p-a-1
                2. start container p-b-1 (after 1)
                3. start container p-c-1 (after 2)

                """)
        #expect(
            try text(project, on: engine, named: ["a"]) { try LifecyclePlanner.start($0, $1) }
                == "1. start container p-a-1\n")
    }

    @Test func onlyWhatIsStoppedIsStarted() throws {
        let (project, engine) = try Self.scene()
        try engine.stopContainer("p-b-1", timeout: nil)
        #expect(
            try text(project, on: engine) { try LifecyclePlanner.start($0, $1) } == "1. start container p-b-1\n")
    }

    @Test func containersOfAServiceShareTheWaitForWhatTheyNeed() throws {
        let (project, engine) = try Self.scene { project in
            project.services["b"]?.dependsOn = ["a": ServiceDependency(condition: .healthy, required: false)]
            project.services["b"]?.scale = 2
            project.services["c"] = nil
        }
        try stopAll(engine)
        #expect(
            try text(project, on: engine) { try LifecyclePlanner.start($0, $1) } == """
                1. start container p-a-1
                2. wait for service_healthy of a (after 1)
                3. start container p-b-1 (after 2?)
                4. start container p-b-2 (after 2?)

                """)
    }

    @Test func aRestartFollowsTheOrderAndTakesAlongThoseWhoAskForIt() throws {
        let (project, engine) = try Self.scene { project in
            project.services["b"]?.dependsOn = ["a": ServiceDependency(restart: true)]
            project.services["c"]?.dependsOn = ["b": ServiceDependency(restart: true)]
            project.services["d"] = project.services["a"]
            project.services["d"]?.name = "d"
            project.services["d"]?.dependsOn = ["a": ServiceDependency()]
        }
        func restart(dependents: Bool) throws -> String {
            try text(project, on: engine, named: ["a"]) {
                try LifecyclePlanner.restart($0, $1, timeout: nil, dependents: dependents)
            }
        }
        #expect(
            try restart(dependents: true) == """
                1. restart container p-a-1
                2. restart container p-b-1 (after 1)
                3. restart container p-c-1 (after 2)

                """)
        #expect(try restart(dependents: false) == "1. restart container p-a-1\n")
    }

    @Test func theSameIsDoneToEachInNoOrder() throws {
        let (_, engine) = try Self.scene()
        let containers = try engine.containers(labels: [:]).sorted { $0.name < $1.name }
        let plan = LifecyclePlanner.each(containers) { .killContainer($0.name, signal: "HUP") }
        #expect(plan.operations.allSatisfy { $0.after.isEmpty })
        #expect(plan.operations.compactMap(\.service) == ["a", "b", "c"])
        #expect(plan.description.hasPrefix("1. send HUP to container p-a-1\n"))
    }

    /// Creation can be carried out alone, as `create` and `up` before the logs do.
    @Test func aPlanIsSplitBeforeTheFirstStart() throws {
        let project = project("a", "b") { project in
            project.services["b"]?.dependsOn = ["a": ServiceDependency(condition: .completedSuccessfully)]
        }
        let (creation, start) = try plan(project, on: makeEngine()).splitAtStart()
        #expect(
            creation.description == """
                1. create network p_default: not created yet
                2. create container p-a-1 from app (after 1): not created yet
                3. create container p-b-1 from app (after 1): not created yet

                """)
        #expect(
            start.description == """
                1. start container p-a-1: created
                2. wait for service_completed_successfully of a (after 1): others depend on it
                3. start container p-b-1 (after 2): created

                """)
    }

    @Test func aOneOffContainerIsMadeOfTheServiceAfterWhatItNeeds() throws {
        let project = project("db", "web") { project in
            project.services["web"]?.dependsOn = ["db": ServiceDependency()]
            project.services["web"]?.networks = ["default": ServiceNetwork()]
            project.services["web"]?.networks["default"]??.aliases = ["www"]
            project.services["web"]?.restart = "always"
        }
        let slug = "0123456789abcdef"
        func run(useAliases: Bool) throws -> (plan: Plan, container: ContainerConfiguration) {
            try planRun(
                "web", of: project, observe(project, engine: makeEngine()), UpOptions(), slug: slug, name: nil,
                useAliases: useAliases, digest: digest)
        }
        let (plan, container) = try run(useAliases: true)
        #expect(plan.description.contains("start container p-db-1") && !plan.description.contains("p-web"))
        #expect(container.name == "p-web-run-0123456789ab")
        #expect(container.restart == .no)
        #expect(container.labels[ProjectLabel.oneOff] == "True" && container.labels[ProjectLabel.slug] == slug)
        #expect(container.labels[ProjectLabel.service] == "web")
        #expect(container.labels[ProjectLabel.containerNumber] == nil)
        #expect(container.networks.map(\.aliases) == [[container.name, "web", "www"]])
        #expect(try run(useAliases: false).container.networks.map(\.aliases) == [[container.name]])
    }
}
