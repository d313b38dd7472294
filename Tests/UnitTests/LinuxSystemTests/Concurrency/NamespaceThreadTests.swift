import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct NamespaceThreadTests {
    @Test func itReturnsWhatItsThreadMakes() throws {
        let own = pthread_self()
        let other = try NamespaceThread.run { pthread_self() }
        #expect(other != own)
        let pipe = try NamespaceThread.run { () throws(Errno) in try Descriptor.pipe() }
        #expect(pipe.read.raw != pipe.write.raw)
    }

    @Test func theErrorOfTheThreadIsTheCallers() {
        #expect(throws: Errno.noSpace) { try NamespaceThread.run { () throws(Errno) -> Int in throw .noSpace } }
    }

    @Test func whatIsNoNamespaceCannotBeJoined() throws {
        let pipe = try Descriptor.pipe()
        #expect(throws: Errno.invalidArgument) { try join(pipe.read) }
    }

    private func join(_ descriptor: borrowing Descriptor) throws {
        _ = try NamespaceThread.run(joining: descriptor, kind: CLONE_NEWNET) { 0 }
    }
}
