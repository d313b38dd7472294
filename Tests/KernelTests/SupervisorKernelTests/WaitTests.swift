import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import Testing

@testable import Supervisor

/// No call waits for what will not come.
@Suite(.serialized) struct WaitTests {
    private static let slow = ["sh", "-c", "trap 'sleep 1; exit 0' TERM; echo ready; while :; do sleep 0.05; done"]

    @Test func aRestartThatAStopOvertakesIsAnsweredAndTheSupervisorLeaves() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try startSlow(project)
        let outcomes = Outcomes()
        try project.meanwhile(outcomes) { client throws(EngineError) in try client.restart(id, timeout: 5) }
        try project.eventually("it is being stopped") { try handlesSignal(project, id) }
        try project.client.stop(id, timeout: 5)
        try project.eventually("the restart is answered") { outcomes.count == 1 }
        #expect(outcomes.errors.allSatisfy { $0.code == .conflict })
        #expect(try project.record(id).container.state == .exited)
        try project.eventually("the supervisor has left") { project.supervisors.isEmpty }
    }

    @Test func aStopIsAnsweredAlthoughAStartComesMeanwhile() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try startSlow(project)
        let first = try project.record(id).container.processID
        let outcomes = Outcomes()
        try project.meanwhile(outcomes) { client throws(EngineError) in try client.stop(id, timeout: 5) }
        try project.eventually("it is being stopped") { try !project.record(id).shouldRun }
        _ = try project.client.start(id)
        try project.eventually("the stop is answered") { outcomes.count == 1 }
        #expect(outcomes.errors.isEmpty)
        let second = try project.record(id).container
        #expect(second.state == .running && second.processID != first)
    }

    @Test func aSupervisorThatDoesNotAnswerIsNamedAndWhoOnlyLooksDoesNotNeedIt() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("a", ["sleep", "1000"])
        _ = try project.client.start(id)
        let supervisor = try #require(try project.supervisorProcess())
        kill(supervisor, SIGSTOP)
        defer { kill(supervisor, SIGCONT) }
        let begin = monotonicNanoseconds()
        let error = #expect(throws: EngineError.self) { try project.client.stop(id, timeout: 1) }
        #expect(error?.code == .timedOut)
        #expect(error?.reason.contains("process \(supervisor)") == true, "\(String(describing: error))")
        #expect(monotonicNanoseconds() - begin < 20_000_000_000)
        #expect(project.client.isThere)
        kill(supervisor, SIGCONT)
        try project.client.stop(id, timeout: 1)
    }

    @Test func aKeeperThatDoesNotAnswerIsNamedAndStartsWhenItGoesOn() throws {
        let project = try TestProject()
        defer { project.close() }
        let first = try project.container("a", ["sleep", "1000"])
        let second = try project.container("b", ["sleep", "1000"])
        _ = try project.client.start(first)
        let process = try project.record(first).container.processID
        let keeper = try #require(ProcessStatus(pid: process)?.parent)
        kill(keeper, SIGSTOP)
        defer { kill(keeper, SIGCONT) }
        let begin = monotonicNanoseconds()
        let error = #expect(throws: EngineError.self) { _ = try project.client.start(second) }
        #expect(error?.reason.contains("process \(keeper)") == true, "\(String(describing: error))")
        #expect(monotonicNanoseconds() - begin < 15_000_000_000)
        kill(keeper, SIGCONT)
        try project.eventually("it starts") { (try? project.client.start(second)) != nil || isRunning(project, second) }
        #expect(try project.record(second).container.state == .running)
    }

    @Test func aCallThatTakesLongIsNotGivenUp() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container(
            "late", ["sh", "-c", "trap 'sleep 4; exit 3' TERM; while :; do sleep 0.05; done"])
        _ = try project.client.start(id)
        try project.client.stop(id, timeout: 30)
        #expect(try project.record(id).container.exitCode == 3)
    }

    @Test func aRemovedControlSocketIsMadeAgain() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("a", ["sleep", "1000"])
        _ = try project.client.start(id)
        let supervisor = try #require(try project.supervisorProcess())
        unlink(project.layout.project(project.name) + "/" + ControlSocket.name)
        try project.client.stop(id, timeout: 1)
        #expect(try project.record(id).container.state == .exited)
        #expect(project.supervisors.allSatisfy { $0 == supervisor })
    }

    @Test func aRemovedRunDirectoryIsMadeAgainByTheSameSupervisor() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("a", ["sleep", "1000"])
        _ = try project.client.start(id)
        let process = try project.record(id).container.processID
        let supervisor = try #require(try project.supervisorProcess())
        try Files.removeTree(project.layout.project(project.name))
        try project.eventually("it listens again") { try project.supervisorProcess() != nil }
        #expect(project.supervisors == [supervisor])
        #expect(try project.record(id).container.processID == process)
        let next = try project.container("next", ["true"])
        _ = try project.client.start(next)
        #expect(try project.client.wait(next, cancellation: Cancellation()) == 0)
        try project.client.stop(id, timeout: 1)
        #expect(try project.record(id).container.state == .exited)
    }

    /// A container that takes a second to stop, and has begun to wait for that.
    private func startSlow(_ project: TestProject) throws -> String {
        let id = try project.container("slow", Self.slow)
        _ = try project.client.start(id)
        try project.eventually("it is ready") { try project.lines(id) == ["ready"] }
        return id
    }

    private func isRunning(_ project: TestProject, _ id: String) -> Bool {
        (try? project.record(id).container.state) == .running
    }

    /// Whether the slow one has got its signal.
    private func handlesSignal(_ project: TestProject, _ id: String) throws -> Bool {
        let process = try project.record(id).container.processID
        let children = (Files.text("/proc/\(process)/task/\(process)/children") ?? "").split(separator: " ")
        return children.contains { (Files.text("/proc/\($0)/cmdline") ?? "").hasSuffix("sleep\01\0") }
    }
}
