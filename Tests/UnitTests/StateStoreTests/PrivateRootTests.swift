import CLinux
import EngineModel
import Glibc
import LinuxSystem
import Testing

@testable import StateStore

/// What the store holds is nobody else's business, whoever made its directories.
struct PrivateRootTests {
    private let root = "/tmp/compose-private-root-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"

    private func mode(_ path: String) throws -> mode_t {
        try Descriptor.open(path, O_PATH | O_DIRECTORY).status().st_mode & 0o7777
    }

    private func store() throws -> StateStore {
        try StateStore(DataLayout(dataRoot: root + "/data", runRoot: root + "/run"))
    }

    @Test
    func rootsThatWereMadeBeforehandAreClosed() throws {
        defer { try? Files.removeTree(root) }
        for name in ["data", "run"] {
            try Files.makeDirectories("\(root)/\(name)")
            #expect(chmod("\(root)/\(name)", 0o755) == 0)
        }
        _ = try store()
        for name in ["data", "run"] { #expect(try mode("\(root)/\(name)") == 0o700, "\(name)") }
        // So does one that was opened later, with everything in it.
        #expect(chmod(root + "/data", 0o755) == 0)
        #expect(chmod(root + "/run", 0o777) == 0)
        _ = try store()
        for name in ["data", "run"] { #expect(try mode("\(root)/\(name)") == 0o700, "\(name)") }
    }

    @Test
    func aDirectoryWithOtherThingsIsRefusedAndStaysAsItIs() throws {
        defer { try? Files.removeTree(root) }
        try Files.makeDirectories(root + "/data/somebodys")
        #expect(chmod(root + "/data", 0o755) == 0)
        let error = #expect(throws: EngineError.self) { _ = try store() }
        #expect(error?.code == .invalid && error?.subject == root + "/data")
        #expect(error?.hint == "name one of its own below it")
        #expect(try mode(root + "/data") == 0o755)
        // Closed already, it is the user's choice.
        #expect(chmod(root + "/data", 0o700) == 0)
        _ = try store()
    }

    @Test
    func aDirectoryForEverybodysFilesIsRefused() throws {
        defer { try? Files.removeTree(root) }
        try Files.makeDirectories(root + "/run")
        #expect(chmod(root + "/run", 0o1777) == 0)
        #expect(throws: EngineError.self) { _ = try store() }
        #expect(try mode(root + "/run") == 0o1777)
    }
}
