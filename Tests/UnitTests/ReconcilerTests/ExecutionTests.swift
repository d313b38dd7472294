import ComposeModel
import EngineDouble
import EngineModel
import Primitives
import Reconciler
import Testing

struct ExecutionTests {
    @Test
    func dependenciesComeFirstAndEachStepIsShown() throws {
        let engine = makeEngine()
        let project = project("db", "web") { project in
            project.services["web"]?.dependsOn = ["db": ServiceDependency()]
        }
        let shown = try carryOut(plan(project, on: engine), on: engine)
        let calls = engine.calls
        let database = try #require(calls.firstIndex(of: "start p-db-1"))
        let web = try #require(calls.firstIndex(of: "start p-web-1"))
        #expect(calls.first == "create network p_default" && database < web)
        #expect(shown.contains("Container p-web-1 Creating") && shown.last == "Container p-web-1 Started")
    }

    @Test
    func aFailureSkipsWhatDependsOnItEverythingElseIsDoneAndAllErrorsAreTold() throws {
        let engine = makeEngine()
        engine.update { $0.failures["start p-db-1"] = EngineError(.portTaken, "port 80", "it is in use") }
        let project = project("db", "other", "web") { project in
            project.services["web"]?.dependsOn = ["db": ServiceDependency()]
        }
        let error = #expect(throws: ExecutionFailure.self) { try carryOut(plan(project, on: engine), on: engine) }
        #expect(error?.failures.map(\.description) == ["port 80: it is in use"])
        #expect(engine.calls.contains("start p-other-1") && !engine.calls.contains("start p-web-1"))
    }

    @Test
    func aDependencyThatIsNotRequiredMayFail() throws {
        let engine = makeEngine()
        engine.update { $0.failures["start p-db-1"] = EngineError(.startFailed, "", "no luck") }
        let project = project("db", "web") { project in
            project.services["web"]?.dependsOn = ["db": ServiceDependency(required: false)]
        }
        let shown = try carryOut(plan(project, on: engine), on: engine)
        #expect(engine.calls.contains("start p-web-1"))
        let reason = "optional dependency \"db\" failed to start: no luck"
        #expect(shown.contains("Container p-db-1 Skipped: \(reason)"))
        #expect(shown.contains("warning: \(reason)"))
    }

    @Test
    func aJobThatIsNotRequiredMayFail() throws {
        let engine = makeEngine()
        engine.update { $0.exits["p-job-1"] = 4 }
        let project = project("job", "web") { project in
            project.services["web"]?.dependsOn = [
                "job": ServiceDependency(condition: .completedSuccessfully, required: false)
            ]
        }
        let shown = try carryOut(plan(project, on: engine), on: engine)
        #expect(engine.calls.contains("start p-web-1"))
        #expect(shown.contains("warning: optional dependency \"job\" didn't complete successfully: exit 4"))
        #expect(!shown.contains { $0.hasPrefix("Container p-job-1 Error") })
    }

    @Test
    func whoWaitsForCompletionIsNotStartedWhenTheJobFails() throws {
        let engine = makeEngine()
        engine.update { $0.exits["p-job-1"] = 4 }
        let project = project("job", "web") { project in
            project.services["web"]?.dependsOn = ["job": ServiceDependency(condition: .completedSuccessfully)]
        }
        let error = #expect(throws: ExecutionFailure.self) { try carryOut(plan(project, on: engine), on: engine) }
        #expect(error?.description == "service \"job\" didn't complete successfully: exit 4")
        #expect(!engine.calls.contains("start p-web-1"))
    }

    @Test
    func hooksRunAfterTheStartAndBeforeTheStop() throws {
        let engine = makeEngine()
        let project = project("web") { project in
            var hook = ServiceHook()
            hook.command = ["greet"]
            project.services["web"]?.postStart = [hook]
            hook.command = ["leave"]
            project.services["web"]?.preStop = [hook]
        }
        try carryOut(plan(project, on: engine), on: engine)
        let observed = try observe(project, engine: engine)
        try carryOut(planDown(project, named: "p", observed, DownOptions()), on: engine)
        let tail = engine.calls.suffix(6)
        #expect(
            tail == [
                "start p-web-1", "exec p-web-1 greet", "exec p-web-1 leave", "stop p-web-1", "remove p-web-1",
                "remove network p_default",
            ])
    }

    @Test
    func downWithoutAFileTakesAllThatCarriesTheLabelInTheOrderOfTheLabel() throws {
        let engine = makeEngine()
        let project = project("db", "web") { project in
            project.services["web"]?.dependsOn = ["db": ServiceDependency()]
        }
        try carryOut(plan(project, on: engine), on: engine)
        let observed = try observe(projectNamed: "p", engine: engine)
        try carryOut(planDown(nil, named: "p", observed, DownOptions()), on: engine)
        let stops = engine.calls.filter { $0.hasPrefix("stop") }
        #expect(stops == ["stop p-web-1", "stop p-db-1"])
        #expect(try engine.containers(labels: [:]).isEmpty)
    }

    @Test
    func restartTakesDependentsWithRestartAlongAndRunsAfterWhatAServiceDependsOn() throws {
        let engine = makeEngine()
        let project = project("db", "other", "web") { project in
            project.services["web"]?.dependsOn = ["db": ServiceDependency(restart: true)]
        }
        try carryOut(plan(project, on: engine), on: engine)
        let observed = try observe(project, engine: engine)
        let scope = ProjectScope(project: project, observed: observed, named: ["db"])
        try carryOut(LifecyclePlanner.restart(scope, observed, timeout: nil, dependents: true), on: engine)
        #expect(engine.calls.suffix(2) == ["restart p-db-1", "restart p-web-1"])
    }
}
