import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct UnixSocketTests {
    @Test func packetsKeepTheirBorders() throws {
        let pair = try Descriptor.unixSocketPair(.packets)
        try pair.one.send([1, 2, 3])
        try pair.one.send([4])
        #expect(try pair.other.receiveMessage(limit: 100).bytes == [1, 2, 3])
        #expect(try pair.other.receiveMessage(limit: 100).bytes == [4])
    }

    @Test func aDescriptorTravelsWithAMessage() throws {
        let pair = try Descriptor.unixSocketPair(.packets)
        let pipe = try Descriptor.pipe()
        try pair.one.send([9], descriptor: pipe.write.raw)
        close(pipe.write.take())
        var message = try pair.other.receiveMessage(limit: 100)
        guard let received = message.takeDescriptor() else {
            Issue.record("no descriptor came")
            return
        }
        #expect(fcntl(received.raw, F_GETFD) & FD_CLOEXEC != 0)
        try received.writeAll(Array("through".utf8))
        close(received.take())
        #expect(try pipe.read.readAll() == Array("through".utf8))
        let rest = message.takeDescriptor() == nil
        #expect(rest)
    }

    @Test func aMessageWithoutADescriptorHasNone() throws {
        let pair = try Descriptor.unixSocketPair(.stream)
        try pair.one.send([1])
        var message = try pair.other.receiveMessage(limit: 100)
        let hasNone = message.takeDescriptor() == nil
        #expect(hasNone)
    }

    @Test func theEndOfTheConnectionIsAnEmptyMessage() throws {
        let other = try otherOfAClosedPair()
        #expect(try other.receiveMessage(limit: 100).bytes.isEmpty)
        #expect(throws: Errno.brokenPipe) { try send(other) }
    }

    private func otherOfAClosedPair() throws -> Descriptor {
        let pair = try Descriptor.unixSocketPair(.packets)
        return try pair.other.duplicate()
    }

    private func send(_ socket: borrowing Descriptor) throws { try socket.send([1]) }

    @Test func anAddressInADirectoryMayBeOfAnyLength() throws {
        let directory = try TestDirectory()
        let long = directory.path + "/" + String(repeating: "x", count: 200)
        try Files.makeDirectories(long)
        let folder = try Descriptor.open(long, O_RDONLY | O_DIRECTORY)
        let listener = try Descriptor.unixSocket(.stream)
        try listener.bind(to: UnixAddress("socket", in: folder))
        try listener.listen(backlog: 1)
        let client = try Descriptor.unixSocket(.stream)
        try client.connect(to: UnixAddress("socket", in: folder))
        let server = try listener.accept()
        try client.writeAll(Array("hello".utf8))
        #expect(try server.read(upTo: 100) == Array("hello".utf8))
        #expect(throws: Errno.fileNameTooLong) { try connect(long + "/socket") }
    }

    @Test func theOtherEndIsKnown() throws {
        let pair = try Descriptor.unixSocketPair(.stream)
        let peer = try pair.one.peerCredentials()
        #expect(peer == PeerCredentials(process: getpid(), user: geteuid(), group: getegid()))
    }

    @Test func nobodyListensIsAnErrorOfItsOwn() throws {
        let directory = try TestDirectory()
        #expect(throws: Errno.noSuchFileOrDirectory) { try connect(directory.path + "/none") }
        let dead = try Descriptor.unixSocket(.stream)
        try dead.bind(to: UnixAddress(directory.path + "/dead"))
        #expect(throws: Errno.connectionRefused) { try connect(directory.path + "/dead") }
    }

    private func connect(_ path: String) throws {
        let socket = try Descriptor.unixSocket(.stream)
        try socket.connect(to: UnixAddress(path))
    }

    @Test func acceptingWithoutACallerWouldBlock() throws {
        let directory = try TestDirectory()
        let listener = try Descriptor.unixSocket(.packets, nonBlocking: true)
        try listener.bind(to: UnixAddress(directory.path + "/socket"))
        try listener.listen(backlog: 1)
        #expect(throws: Errno.wouldBlock) { try accept(listener) }
    }

    private func accept(_ listener: borrowing Descriptor) throws { _ = try listener.accept(nonBlocking: true) }
}
