import ComposeModel
import EngineDouble
import EngineModel
import Reconciler
import Testing

/// Replacing containers as `deploy.update_config` says.
struct UpdatePlanTests {
    private let engine = makeEngine()

    /// `web` runs, and its environment has changed since.
    private func changed(
        replicas: Int = 1, _ change: (inout UpdateConfig) -> Void
    ) throws -> Project {
        var project = ReconcilerTests.project("web") { $0.services["web"]?.scale = replicas }
        try carryOut(plan(project, on: engine), on: engine)
        var config = UpdateConfig()
        config.monitor = .zero
        change(&config)
        var deploy = DeployConfig()
        deploy.updateConfig = config
        project.services["web"]?.deploy = deploy
        project.services["web"]?.environment["LEVEL"] = "debug"
        return project
    }

    /// The plan with short names: `old1` for the container that is replaced, `new1` for its successor.
    private func text(_ project: Project) throws -> String {
        var text = try named(plan(project, on: engine), on: engine)
        for container in try engine.containers(labels: [:]) {
            let number = container.labels["com.docker.compose.container-number"] ?? ""
            text = text.replacing("\(container.id.prefix(12))_\(container.name)", with: "new\(number)")
            text = text.replacing("container \(container.name)", with: "container old\(number)")
            text = text.replacing("to \(container.name)", with: "to p\(number)")
        }
        return text
    }

    @Test func startFirstStopsTheOldContainerWhenTheNewOneDoesItsWork() throws {
        #expect(
            try text(changed { $0.order = "start-first" }) == """
                1. create container new1 from app: environment LEVEL changed
                2. start container new1 (after 1): recreated
                3. watch container new1 (after 2): update_config
                4. hand over from container old1 to new1 (after 3): start-first
                5. stop container old1 (after 4): recreated
                6. roll back from container new1 to p1 (after 2!, 3!, 4!, 5~): the update failed
                7. remove container old1 (after 4, 5): recreated
                8. rename container new1 to p1 (after 7): recreated

                """)
    }

    @Test func oneAfterTheOtherWithADelayBetween() throws {
        let text = try text(changed(replicas: 2) { $0.delay = .seconds(2) })
        #expect(
            text == """
                1. create container new1 from app: environment LEVEL changed
                2. stop container old1 (after 1): recreated
                3. start container new1 (after 2): recreated
                4. watch container new1 (after 3): update_config
                5. wait 2s (after 4): update_config.delay
                6. create container new2 from app: environment LEVEL changed
                7. stop container old2 (after 6, 5): recreated
                8. start container new2 (after 7): recreated
                9. watch container new2 (after 8): update_config
                10. remove container old1 (after 4, 2): recreated
                11. rename container new1 to p1 (after 10): recreated
                12. remove container old2 (after 9, 7): recreated
                13. rename container new2 to p2 (after 12): recreated

                """)
    }

    @Test func aFailureThatIsPutUpWithDoesNotHoldTheOthersUp() throws {
        let text = try text(changed(replicas: 2) { $0.failureAction = "continue" })
        #expect(text.contains("stop container old2 (after 5, 4~): recreated"))
    }

    @Test func aRollbackBringsAllContainersBack() throws {
        let text = try text(changed(replicas: 2) { $0.failureAction = "rollback" })
        #expect(text.contains("roll back from container new1 to p1 (after 3!, 4!, 7!, 8!, 2~, 6~): the update failed"))
        #expect(text.contains("remove container old1 (after 4, 8, 2): recreated"))
    }

    @Test func aNewContainerThatFailsIsTakenBack() throws {
        let project = try changed { $0.order = "start-first" }
        let old = try engine.container("p-web-1").id
        engine.update { state in
            state.failures["start \(old.prefix(12))_p-web-1"] = EngineError(
                .startFailed, "container", "it cannot be run")
        }
        let error = #expect(throws: ExecutionFailure.self) { try carryOut(plan(project, on: engine), on: engine) }
        #expect(error?.failures.count == 1)
        let containers = try engine.containers(labels: [:])
        #expect(containers.map(\.id) == [old])
        #expect(containers.allSatisfy { $0.isRunning })
    }

    @Test func whatWasReplacedHasTheNameAndNothingIsLeft() throws {
        for order in ["start-first", "stop-first"] {
            let project = try changed { $0.order = order }
            try carryOut(plan(project, on: engine), on: engine)
            let containers = try engine.containers(labels: [:])
            #expect(containers.map(\.name) == ["p-web-1"])
            #expect(containers.allSatisfy { $0.isRunning && $0.configuration.standby == nil })
            #expect(try plan(project, on: engine).description == "1. keep container p-web-1: up to date\n")
        }
    }

    @Test func aServiceThatIsNotUpdatedIsKept() throws {
        var project = try changed { $0.order = "start-first" }
        project.services["web"]?.environment["LEVEL"] = nil
        #expect(try plan(project, on: engine).description == "1. keep container p-web-1: up to date\n")
    }

    @Test func aJobThatHasEndedWellIsNotStartedAgain() throws {
        var project = project("job")
        var deploy = DeployConfig()
        deploy.mode = "replicated-job"
        project.services["job"]?.deploy = deploy
        try carryOut(plan(project, on: engine), on: engine)
        for code: Int32 in [0, 1] {
            engine.update { state in
                state.containers[0].state = .exited
                state.containers[0].exitCode = code
            }
            let expected = code == 0 ? "" : "1. start container p-job-1: not running\n"
            #expect(try plan(project, on: engine).description == expected)
        }
    }
}
