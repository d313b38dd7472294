import CLinux
import ContainerRuntime
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import Testing

@testable import Supervisor

@Suite(.serialized) struct RunTests {
    @Test func aContainerRunsItsOutputIsKeptAndItsExitCodeRecorded() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("a", ["sh", "-c", "echo out; echo err >&2; exit 7"])
        _ = try project.client.start(id)
        #expect(try project.client.wait(id, cancellation: Cancellation()) == 7)
        #expect(try Set(project.lines(id)) == ["out", "err"])
        let container = try project.record(id).container
        #expect(container.state == .exited)
        #expect(container.exitCode == 7)
        #expect(container.processID == 0)
    }

    @Test func theSupervisorLeavesAndNothingStays() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("a", ["true"])
        _ = try project.client.start(id)
        _ = try project.client.wait(id, cancellation: Cancellation())
        try project.eventually("the project's run directory is gone") {
            !Files.exists(project.layout.project(project.name))
        }
        #expect(!project.client.isThere)
        #expect(try Files.list(project.layout.runRoot + "/projects").isEmpty)
    }

    @Test func aMissingProgramIs127AndLeavesTheContainerCreated() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("a", ["no-such-program"])
        let error = #expect(throws: EngineError.self) { _ = try project.client.start(id) }
        #expect(error?.code == .startFailed)
        #expect(error?.exitCode == 127)
        let container = try project.record(id).container
        #expect(container.state == .created)
        #expect(container.exitCode == 127)
        #expect(container.error?.isEmpty == false)
    }

    @Test func stopSendsTheSignalAndKillsAfterTheGrace() throws {
        let project = try TestProject()
        defer { project.close() }
        let kind = try project.container("kind", ["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.01; done"])
        let stubborn = try project.container("stubborn", ["sh", "-c", "trap '' TERM; while :; do sleep 0.01; done"])
        _ = try project.client.start(kind)
        _ = try project.client.start(stubborn)
        try project.client.stop(kind, timeout: 20)
        #expect(try project.record(kind).container.exitCode == 3)
        try project.client.stop(stubborn, timeout: 0)
        #expect(try project.record(stubborn).container.exitCode == 137)
        #expect(try !project.record(kind).shouldRun)
    }

    @Test func theEventsOfAContainerComeInTheOrderInWhichThingsHappen() throws {
        let project = try TestProject()
        defer { project.close() }
        let script = "trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done"
        let id = try project.container("kind", ["sh", "-c", script])
        let stopped = ["start", "kill", "die", "stop"]
        var expected: [String] = []
        func start(_ number: Int) throws {
            _ = try project.client.start(id)
            try project.eventually("it ends when it is told") { try project.lines(id).count == number }
        }
        for number in 1...10 {
            try start(number)
            try project.client.stop(id, timeout: 20)
            expected += stopped
        }
        try start(11)
        try project.client.restart(id, timeout: 20)
        expected += stopped + ["start"]
        func actions() throws -> [String] {
            try project.store.events(after: 0).filter { $0.event.id == id }.map(\.event.action)
        }
        #expect(try actions() == expected)
        try project.client.kill(id, signal: SIGKILL)
        #expect(try actions() == expected + ["kill", "die"])
    }

    @Test func attachedStreamsCarryInputAndAllOutput() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("cat", ["sh", "-c", "cat; echo done >&2"]) { $0.openStdin = true }
        let (input, output, error) = try (TestPipe(), TestPipe(), TestPipe())
        let streams = AttachedStreams(input: input.read, output: output.write, error: error.write)
        let attachment = try #require(try project.client.start(id, attach: streams))
        input.send("hello\nworld\n")
        input.closeWrite()
        #expect(try project.client.wait(id, cancellation: Cancellation()) == 0)
        attachment.wait()
        #expect(output.received() == "hello\nworld\n")
        #expect(error.received() == "done\n")
    }

    @Test func aTerminalIsOneAndTakesInput() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("tty", ["sh", "-c", "tty; read line; echo got $line"]) { $0.terminal = true }
        let (input, output) = try (TestPipe(), TestPipe())
        let attachment = try #require(
            try project.client.start(id, attach: AttachedStreams(input: input.read, output: output.write, error: nil)))
        input.send("abc\n")
        #expect(try project.client.wait(id, cancellation: Cancellation()) == 0)
        attachment.wait()
        let text = output.received()
        #expect(text.contains("/dev/pts/"))
        #expect(text.contains("got abc"))
    }

    @Test func aContainerIsRestartedByItsPolicyUntilItIsStopped() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("again", ["sh", "-c", "echo run; exit 1"]) { $0.restart = .always }
        let limited = try project.container("twice", ["sh", "-c", "exit 4"]) {
            $0.restart = .onFailure(maximumRetries: 2)
        }
        _ = try project.client.start(id)
        _ = try project.client.start(limited)
        try project.eventually("it ran three times") { try project.lines(id).count >= 3 }
        try project.client.stop(id, timeout: 1)
        #expect(try project.record(id).container.state == .exited)
        #expect(try project.client.wait(limited, cancellation: Cancellation()) == 4)
        #expect(try project.record(limited).container.restartCount == 2)
        let actions = try project.store.events(after: 0).filter { $0.event.id == limited }.map(\.event.action)
        #expect(actions == ["start", "die", "start", "die", "start", "die"])
    }

    @Test func pauseFreezesAndRestartStartsAnew() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("ticking", ["sh", "-c", "while :; do echo tick; sleep 0.01; done"])
        _ = try project.client.start(id)
        try project.client.pause(id)
        #expect(try project.record(id).container.state == .paused)
        let error = #expect(throws: EngineError.self) { try project.client.pause(id) }
        #expect(error?.code == .conflict)
        try project.client.unpause(id)
        let before = try project.record(id).container.processID
        try project.client.restart(id, timeout: 0)
        let after = try project.record(id).container
        #expect(after.state == .running)
        #expect(after.processID != before)
        try project.client.kill(id, signal: SIGKILL)
        #expect(try project.record(id).container.exitCode == 137)
    }

    @Test func aRemovedOneOffLeavesNothing() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("once", ["sh", "-c", "echo one; echo two"]) { $0.autoRemove = true }
        let output = try TestPipe()
        let attachment = try #require(
            try project.client.start(id, attach: AttachedStreams(input: nil, output: output.write, error: nil)))
        #expect(try project.client.wait(id, cancellation: Cancellation()) == 0)
        attachment.wait()
        #expect(output.received() == "one\ntwo\n")
        #expect(try project.store.container(id: id) == nil)
        #expect(!Files.exists(project.layout.container(id)))
    }

    @Test func healthChecksTurnHealthyAndUnhealthy() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("web", ["sh", "-c", "echo > /tmp/ok; while :; do sleep 0.01; done"]) {
            $0.healthcheck = Healthcheck(
                test: ["CMD-SHELL", "test -e /tmp/ok"], interval: .milliseconds(20), timeout: .seconds(5), retries: 2)
        }
        _ = try project.client.start(id)
        try project.eventually("it is healthy") { try project.record(id).container.health == .healthy }
        let root = "/proc/\(try project.record(id).container.processID)/root"
        unlink(root + "/tmp/ok")
        try project.eventually("it is unhealthy") { try project.record(id).container.health == .unhealthy }
        let events = try project.store.events(after: 0).map(\.event)
        let actions = events.map(\.action)
        #expect(actions.contains("health_status: healthy"))
        #expect(actions.contains("health_status: unhealthy"))
        // Each check is a process, which is made, started and ends.
        let first = try #require(events.first { $0.action == "exec_create: /bin/sh -c test -e /tmp/ok" })
        let check = events.filter { $0.attributes["execID"] == first.attributes["execID"] }
        #expect(check.map { $0.action.prefix { $0 != ":" } } == ["exec_create", "exec_start", "exec_die"])
        #expect(check.last?.attributes["exitCode"] == "0")
    }

    /// Frozen behind the supervisor's back: whatever enters stands still before it runs the check.
    @Test func aContainerThatHoldsItsChecksUpIsUnhealthyAndNothingWaitsForIt() throws {
        let project = try TestProject()
        defer { project.close() }
        let forever = ["sh", "-c", "while :; do sleep 0.01; done"]
        let check = Healthcheck(
            test: ["CMD", "true"], interval: .milliseconds(20), timeout: .milliseconds(200), retries: 2)
        let held = try (0..<20).map { try project.container("held\($0)", forever) { $0.healthcheck = check } }
        let good = try project.container("good", forever)
        for id in held + [good] { _ = try project.client.start(id) }
        let environment = try RuntimeEnvironment.detect()
        let specs = try held.map { try project.record($0).spec() }
        for spec in specs { try ContainerRuntime.pause(spec, environment: environment) }
        defer { for spec in specs { try? ContainerRuntime.unpause(spec, environment: environment) } }
        try project.eventually("one is unhealthy") { try project.record(held[0]).container.health == .unhealthy }
        let start = monotonicNanoseconds()
        try project.client.restart(good, timeout: 0)
        try project.client.kill(good, signal: SIGKILL)
        #expect(monotonicNanoseconds() - start < 10_000_000_000)
        for id in held { try project.client.stop(id, timeout: 0) }
        #expect(try project.record(held[19]).container.state == .exited)
    }
}
