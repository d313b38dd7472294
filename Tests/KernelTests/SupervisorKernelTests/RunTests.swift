import Engine
import Glibc
import LinuxSystem
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
}
