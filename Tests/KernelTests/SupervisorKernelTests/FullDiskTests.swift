import EngineModel
import Glibc
import LinuxSystem
import Primitives
import StateStore
import SystemPackage
import Testing

@testable import Supervisor

/// A disk on which there is no room: nothing false is said, and no exit code is lost.
@Suite(.serialized) struct FullDiskTests {
    private static let obedient = ["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.01; done"]
    private static let gate = "while [ ! -e /tmp/go ]; do sleep 0.01; done; "

    @Test func endsAreRecordedAndContainersRemovedWithTheRoomThatIsKept() throws {
        let project = try TestProject(dataSize: 24 << 20)
        defer { project.close() }
        let id = try project.container("ends", ["sh", "-c", Self.gate + "exit 7"])
        let stopped = try project.container("stopped", Self.obedient)
        for id in [id, stopped] { _ = try project.client.start(id) }
        let filler = try Filler(project.layout.dataRoot)
        try Files.replace("/proc/\(try project.record(id).container.processID)/root/tmp/go", with: [])
        try project.eventually("the end is recorded") { try project.record(id).container.state == .exited }
        #expect(try project.record(id).container.exitCode == 7)
        try project.client.stop(stopped, timeout: 5)
        #expect(try project.record(stopped).container.exitCode == 3)
        for id in [id, stopped] {
            try ContainerRemoval(store: project.store).remove(project.record(id), volumes: true)
        }
        #expect(try project.store.containers().isEmpty)
        filler.remove()
        _ = try StateStore(project.layout)
        #expect(Files.exists(project.layout.dataRoot + "/state.reserve"))
    }

    @Test func aStopWhoseEndCannotBeRecordedFailsAndTheCodeIsThereWhenThereIsRoomAgain() throws {
        let project = try TestProject(dataSize: 24 << 20)
        defer { project.close() }
        let id = try project.container("a", Self.obedient)
        let survivor = try project.container("b", ["sh", "-c", Self.gate + "exit 9"])
        for id in [id, survivor] { _ = try project.client.start(id) }
        unlink(project.layout.dataRoot + "/state.reserve")
        let filler = try Filler(project.layout.dataRoot)
        let error = #expect(throws: EngineError.self) { try project.client.stop(id, timeout: 5) }
        #expect(error?.code == .noSpace)
        #expect(error?.reason.contains("code 3") == true, "\(String(describing: error))")
        // Also a supervisor that dies before there is room loses nothing.
        try Files.replace("/proc/\(try project.record(survivor).container.processID)/root/tmp/go", with: [])
        let supervisor = try #require(try project.supervisorProcess())
        kill(supervisor, SIGKILL)
        try project.eventually("it is dead") { project.hasEnded(supervisor) }
        filler.remove()
        try project.client.ensureAlive()
        try project.eventually("both ends are recorded") {
            try [id, survivor].allSatisfy { try project.record($0).container.state == .exited }
        }
        #expect(try project.record(id).container.exitCode == 3)
        #expect(try project.record(survivor).container.exitCode == 9)
    }

    @Test func whatCannotBeRecordedIsNotStarted() throws {
        let project = try TestProject(dataSize: 24 << 20)
        defer { project.close() }
        let id = try project.container("a", ["sleep", "1000"])
        unlink(project.layout.dataRoot + "/state.reserve")
        let filler = try Filler(project.layout.dataRoot)
        let error = #expect(throws: EngineError.self) { _ = try project.client.start(id) }
        #expect(error != nil)
        filler.remove()
        #expect(try project.record(id).container.state != .running)
        try project.eventually("the supervisor has left") { project.supervisors.isEmpty }
    }
}

/// Takes all the room that a file system has left.
private final class Filler {
    private let path: String

    init(_ directory: String) throws {
        path = directory + "/filler"
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT)
        for size in [1 << 20, 4096, 512] {
            let bytes = [UInt8](repeating: 1, count: size)
            while write(file.raw, bytes, size) == size {}
        }
    }

    deinit { remove() }

    func remove() { unlink(path) }
}
