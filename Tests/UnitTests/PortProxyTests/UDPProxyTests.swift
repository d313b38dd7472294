import Glibc
import LinuxSystem
import PortProxy
import Primitives
import SystemPackage
import Testing

struct UDPProxyTests {
    @Test func theAnswerGoesToWhoAsked() throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published(to: try backend.address())
        let one = try proxy.client()
        let other = try proxy.client()
        try one.write("from one")
        let first = try backend.receive()
        try other.write("from the other")
        let second = try backend.receive()
        #expect(first.bytes == Array("from one".utf8))
        #expect(second.bytes == Array("from the other".utf8))
        // The later one is answered first.
        try backend.send(Array("for the other".utf8), to: second.from)
        try backend.send(Array("for one".utf8), to: first.from)
        #expect(try one.receive().bytes == Array("for one".utf8))
        #expect(try other.receive().bytes == Array("for the other".utf8))
    }

    @Test func aClientKeepsItsAddressTowardsTheBackend() throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published(to: try backend.address())
        let one = try proxy.client()
        let other = try proxy.client()
        try one.write("1")
        let first = try backend.receive().from
        try other.write("2")
        let second = try backend.receive().from
        try one.write("3")
        #expect(try backend.receive().from == first)
        #expect(first != second)
    }

    @Test func severalAnswersToOneQuestionArriveInOrder() throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published(to: try backend.address())
        let client = try proxy.client()
        try client.write("?")
        let asker = try backend.receive().from
        for index in UInt8(0)..<100 { try backend.send([index], to: asker) }
        for index in UInt8(0)..<100 { #expect(try client.receive().bytes == [index]) }
    }

    @Test(arguments: [0, 1, 1472, 60000])
    func aDatagramKeepsItsBorders(size: Int) throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published(to: try backend.address())
        let client = try proxy.client()
        let content = [UInt8](repeating: 7, count: size)
        try client.send(content, to: proxy.address)
        try client.send([1], to: proxy.address)
        let received = try backend.receive()
        #expect(received.bytes == content)
        #expect(try backend.receive().bytes == [1])
        try backend.send(content, to: received.from)
        try backend.send([2], to: received.from)
        #expect(try client.receive().bytes == content)
        #expect(try client.receive().bytes == [2])
    }

    /// A connected socket takes answers only from where it wrote to.
    @Test func answersComeFromTheAddressThatTheClientWroteTo() throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published(at: .v4(.unspecified), to: try backend.address())
        for last in UInt8(1)...3 {
            let address = try #require(IPAddress("127.0.0.\(last)"))
            let client = try Loopback.connection(.datagram, to: SocketAddress(address, port: proxy.address.port))
            try client.write("?")
            try backend.send([last], to: try backend.receive().from)
            let answer = try client.receive()
            #expect(answer.bytes == [last])
            #expect(answer.from.address == address)
        }
    }

    @Test func aRefusalByTheBackendIsForgotten() throws {
        // The kernel gives a port that it has chosen itself back when a socket is disconnected.
        let choice = try Loopback.bound(.datagram)
        let address = try choice.address()
        try choice.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        let backend = try Loopback.socket(.datagram)
        try backend.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        try backend.bind(to: address)
        close(choice.take())
        // Connected to itself it takes nothing from others: to them the kernel says that nobody is there.
        try backend.connect(to: address)
        let proxy = try Published(to: address)
        let client = try proxy.client()
        try client.write("lost")
        proxy.settle()
        try backend.disconnect()
        // The refusal may arrive only now, and then takes one datagram with it.
        try backend.setPatience(seconds: 1)
        var received: (bytes: [UInt8], from: SocketAddress)?
        for _ in 0..<20 where received?.bytes != Array("found".utf8) {
            try client.write("found")
            received = try? backend.receive()
        }
        let found = try #require(received)
        #expect(found.bytes == Array("found".utf8))
        try backend.send([1], to: found.from)
        #expect(try client.receive().bytes == [1])
    }

    @Test func aNewBackendGetsTheClientsThatComeFromThenOn() throws {
        let first = try Loopback.bound(.datagram)
        let second = try Loopback.bound(.datagram)
        let proxy = try Published(to: try first.address())
        let known = try proxy.client()
        try known.write("a")
        #expect(try first.receive().bytes == Array("a".utf8))
        try proxy.start(to: try second.address())
        let new = try proxy.client()
        try new.write("b")
        #expect(try second.receive().bytes == Array("b".utf8))
        try known.write("c")
        #expect(try first.receive().bytes == Array("c".utf8))
    }

    @Test func nothingIsPassedOnBeforeTheStart() throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published()
        let client = try proxy.client()
        try client.write("early")
        proxy.settle()
        #expect(throws: Errno.wouldBlock) { try Self.receiveNow(backend) }
        try proxy.start(to: try backend.address())
        #expect(try backend.receive().bytes == Array("early".utf8))
    }

    @Test func nothingIsPassedOnAfterTheStop() throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published(to: try backend.address())
        let client = try proxy.client()
        try client.write("before")
        let asker = try backend.receive().from
        proxy.stop()
        try client.write("after")
        proxy.settle()
        #expect(throws: Errno.wouldBlock) { try Self.receiveNow(backend) }
        // The client's own socket towards the backend is closed.
        try backend.send([1], to: asker)
        #expect(throws: Errno.wouldBlock) { try Self.receiveNow(client) }
    }

    private static func receiveNow(_ socket: borrowing Descriptor) throws {
        let raw = socket.raw
        var byte: UInt8 = 0
        try systemCall { recv(raw, &byte, 1, Int32(MSG_DONTWAIT)) }
    }

    @Test func thePortIsFreeOnceTheProxyIsGone() throws {
        let backend = try Loopback.bound(.datagram)
        var proxy: Published? = try Published(to: try backend.address())
        let address = try #require(proxy?.address)
        #expect(throws: Errno.addressInUse) { try Self.bind(to: address) }
        proxy?.stop()
        proxy?.settle()
        proxy = nil
        try Self.bind(to: address)
    }

    private static func bind(to address: SocketAddress) throws(Errno) {
        let socket = try Loopback.socket(.datagram, family: address.family)
        try socket.bind(to: address)
    }

    @Test(.enabled(if: Loopback.hasIPv6)) func aClientOfIPv6ReachesABackendOfIPv4() throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published(at: .v6(.loopback), to: try backend.address())
        let client = try proxy.client()
        try client.write("?")
        try backend.send([6], to: try backend.receive().from)
        #expect(try client.receive().bytes == [6])
    }

    /// 2048 clients are remembered. Each has an address of its own, writes once and is gone.
    @Test(.enabled(if: Loopback.allowsDescriptors(4096), "needs 4096 descriptors"))
    func theClientThatWasSilentForLongestMakesRoom() throws {
        let backend = try Loopback.bound(.datagram)
        let proxy = try Published(to: try backend.address())
        let sender = try Loopback.bound(.datagram)
        try sender.send([0], to: proxy.address)
        let first = try backend.receive().from
        for index in UInt32(1)...2048 {
            let client = try Loopback.bound(.datagram, .v4(IPv4Address(bits: 127 << 24 | 1 << 16 | index)))
            try client.send([1], to: proxy.address)
            #expect(try backend.receive().bytes == [1])
        }
        // It is served all the same, from a new socket.
        try sender.send([2], to: proxy.address)
        let again = try backend.receive()
        #expect(again.bytes == [2])
        #expect(again.from != first)
        try backend.send([3], to: again.from)
        #expect(try sender.receive().bytes == [3])
    }
}

extension Descriptor {
    /// Takes datagrams from everybody again; the address stays.
    fileprivate borrowing func disconnect() throws(Errno) {
        var nowhere = sockaddr(sa_family: sa_family_t(AF_UNSPEC), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        let raw = raw
        try systemCall { Glibc.connect(raw, &nowhere, socklen_t(MemoryLayout<sockaddr>.size)) }
    }
}

/// A proxy on a free port, with a loop of its own. It is stopped with this value.
private final class Published: Sendable {
    let address: SocketAddress
    private let thread: LoopThread
    private let proxy: UDPProxy

    init(at address: IPAddress = .v4(.loopback), to backend: SocketAddress? = nil) throws {
        let socket = try Loopback.bound(.datagram, address)
        try socket.setNonBlocking()
        self.address = try socket.address()
        thread = try LoopThread()
        proxy = try UDPProxy(loop: thread.loop, budget: ProxyBudget(descriptors: 1 << 16), socket: socket)
        if let backend { try start(to: backend) }
    }

    deinit { stop() }

    func start(to backend: SocketAddress) throws { try LoopActor.sync { try proxy.start(to: backend) } }
    func stop() { LoopActor.sync { proxy.stop() } }
    func settle() { thread.settle() }
    func client() throws(Errno) -> Descriptor { try Loopback.connection(.datagram, to: address) }
}
