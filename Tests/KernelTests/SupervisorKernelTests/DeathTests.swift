import CLinux
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import SupervisorForTests
import Testing

@testable import Supervisor

/// What a supervisor that is killed at any moment may not do.
@Suite(.serialized) struct DeathTests {
    @Test func containersOutliveTheSupervisorAndNoOutputIsLost() throws {
        let project = try TestProject()
        defer { project.close() }
        let script =
            "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); [ -e /tmp/go ] || sleep 0.001; done; exit 9"
        let id = try project.container("count", ["sh", "-c", script])
        _ = try project.client.start(id)
        let process = try project.record(id).container.processID
        for _ in 0..<5 {
            let supervisor = try #require(try project.supervisorProcess())
            kill(supervisor, SIGKILL)
            try project.eventually("it is dead") { project.hasEnded(supervisor) }
            try project.client.ensureAlive()
            #expect(try project.record(id).container.processID == process)
        }
        try Files.replace("/proc/\(process)/root/tmp/go", with: [])
        #expect(try project.client.wait(id, cancellation: Cancellation()) == 9)
        #expect(try project.lines(id) == (0..<3000).map { "line \($0)" })
    }

    /// A thread that met a lock before the fork may be taken for another process's there: whoever waits, waits for ever.
    @Test func theThreadsOfASupervisorFindEachOtherAtLocksThatItsParentHadUsed() throws {
        SupervisorProgram.useHostOfTests()
        let launch = ProgramLaunch(path: SupervisorProgram.path, name: "host", environment: [:])
        #expect(try launch.start(["__lock-after-fork"]).wait() == 0)
    }

    @Test func anExitWhileNoSupervisorLivesIsFoundWithItsCodeAndOutput() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container(
            "short", ["sh", "-c", "while [ ! -e /tmp/go ]; do sleep 0.01; done; echo bye; exit 5"])
        let again = try project.container("again", ["sh", "-c", "while [ ! -e /tmp/go ]; do sleep 0.01; done; exit 6"])
        {
            $0.restart = .always
        }
        _ = try project.client.start(id)
        _ = try project.client.start(again)
        let processes = try [id, again].map { try project.record($0).container.processID }
        let supervisor = try #require(try project.supervisorProcess())
        kill(supervisor, SIGKILL)
        try project.eventually("it is dead") { project.hasEnded(supervisor) }
        for process in processes { try Files.replace("/proc/\(process)/root/tmp/go", with: []) }
        try project.eventually("both have ended") { processes.allSatisfy(project.hasEnded) }
        try project.client.ensureAlive()
        #expect(try project.client.wait(id, cancellation: Cancellation()) == 5)
        #expect(try project.lines(id) == ["bye"])
        try project.eventually("it was restarted") {
            let container = try project.record(again).container
            return container.restartCount == 1 && (container.state == .running || container.state == .restarting)
        }
        try project.client.stop(again, timeout: 0)
    }

    @Test func aDeadKeeperIsReplacedAndItsContainersAreWatched() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container(
            "orphan", ["sh", "-c", "while [ ! -e /tmp/go ]; do sleep 0.01; done; echo bye; exit 5"])
        _ = try project.client.start(id)
        let process = try project.record(id).container.processID
        let supervisor = try #require(try project.supervisorProcess())
        let keeper = try #require(parent(of: process))
        kill(keeper, SIGKILL)
        try project.eventually("it has begun again") {
            let words = (Files.text("/proc/\(supervisor)/cmdline") ?? "").split(separator: "\0")
            return try words.contains("--lock") && project.supervisorProcess() == supervisor
        }
        #expect(try project.record(id).container.processID == process)
        try Files.replace("/proc/\(process)/root/tmp/go", with: [])
        let code = try #require(try project.client.wait(id, cancellation: Cancellation()))
        #expect(code == 5 || code == Adoption.unknownExit)
        #expect(try project.lines(id) == ["bye"])
        let next = try project.container("next", ["true"])
        _ = try project.client.start(next)
        #expect(try project.client.wait(next, cancellation: Cancellation()) == 0)
    }

    @Test func callsWhileTheKeeperIsReplacedReachTheOneSupervisorThereIs() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("orphan", ["sleep", "1000"])
        let others = try (0..<6).map { try project.container("c\($0)", ["sleep", "1000"]) }
        _ = try project.client.start(id)
        let keeper = try #require(parent(of: try project.record(id).container.processID))
        let supervisor = try #require(try project.supervisorProcess())
        let outcomes = Outcomes()
        kill(keeper, SIGKILL)
        for other in others {
            try project.meanwhile(outcomes) { client throws(EngineError) in _ = try client.start(other) }
        }
        try project.eventually("all are answered") { outcomes.count == others.count }
        #expect(outcomes.errors.isEmpty)
        #expect(project.supervisors == [supervisor])
        #expect(ProcessLock.holder(of: project.layout.supervisorLock(project.name)) == supervisor)
        for id in [id] + others { #expect(try project.record(id).container.state == .running) }
    }

    @Test func aSuccessorThatIsKilledBeforeItListensIsReplacedByTheNextCommand() throws {
        let project = try TestProject()
        defer { project.close() }
        for round in 0..<5 {
            let id = try project.container("round\(round)", ["sleep", "600"])
            _ = try project.client.start(id)
            let supervisor = try #require(try project.supervisorProcess())
            let keeper = try #require(parent(of: try project.record(id).container.processID))
            kill(keeper, SIGKILL)
            try project.eventually("it has begun again") {
                (Files.text("/proc/\(supervisor)/cmdline") ?? "").split(separator: "\0").contains("--lock")
            }
            kill(supervisor, SIGKILL)
            let next = try project.container("next\(round)", ["true"])
            _ = try project.client.start(next)
            #expect(try project.client.wait(next, cancellation: Cancellation()) == 0)
            #expect(try project.record(id).container.state == .running)
        }
    }

    @Test func aContainerThatWasToEndIsNotRestartedByTheNextSupervisor() throws {
        let project = try TestProject()
        defer { project.close() }
        let id = try project.container("again", ["sh", "-c", "trap '' TERM; while :; do sleep 0.01; done"]) {
            $0.restart = .always
        }
        _ = try project.client.start(id)
        // The signal is ignored, but what it was for is known.
        try project.client.kill(id, signal: SIGTERM)
        #expect(try !project.record(id).shouldRun)
        let process = try project.record(id).container.processID
        let supervisor = try #require(try project.supervisorProcess())
        kill(supervisor, SIGKILL)
        try project.eventually("it is dead") { project.hasEnded(supervisor) }
        kill(process, SIGKILL)
        try project.eventually("it has ended") { project.hasEnded(process) }
        try project.client.ensureAlive()
        let container = try project.record(id).container
        #expect(container.state == .exited && container.exitCode == 137 && container.restartCount == 0)
    }

    @Test func whoIsServedFindsTheEndsRecordedThatNobodySaw() throws {
        let project = try TestProject()
        defer { project.close() }
        let ids = try (0..<8).map { try project.container("c\($0)", ["sleep", "1000"]) }
        for id in ids { _ = try project.client.start(id) }
        let processes = try ids.map { try project.record($0).container.processID }
        let keeper = try #require(parent(of: processes[0]))
        for process in try [keeper, #require(try project.supervisorProcess())] + processes { kill(process, SIGKILL) }
        try project.eventually("all are dead") { processes.allSatisfy(project.hasEnded) }
        try project.client.ensureAlive()
        for id in ids { #expect(try project.record(id).container.state == .exited) }
    }

    @Test func manyFirstStartsMakeOneSupervisor() throws {
        let project = try TestProject()
        defer { project.close() }
        let ids = try (0..<12).map { try project.container("c\($0)", ["sleep", "1000"]) }
        let outcomes = Outcomes()
        for id in ids {
            let client = project.client
            try startThread(name: "start") {
                do throws(EngineError) {
                    _ = try client.start(id)
                    outcomes.add(nil)
                } catch {
                    outcomes.add(error)
                }
            }
        }
        try project.eventually("all were started") { outcomes.count == ids.count }
        #expect(outcomes.errors.isEmpty)
        let keepers = try Set(ids.map { parent(of: try project.record($0).container.processID) })
        #expect(keepers.count == 1)
    }

    private func parent(of process: Int32) -> Int32? {
        guard let text = Files.text("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        return Int32(text[text.index(after: end)...].split(separator: " ")[1])
    }
}
