import Glibc
import LinuxSystem
import Primitives
import SystemPackage
import Testing

@testable import PortProxy

struct TCPProxyTests {
    @Test func bytesGoBothWays() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        let client = try proxy.connect()
        let server = try backend.accept()
        try client.write("question")
        #expect(try server.reads("question"))
        try server.write("answer")
        #expect(try client.reads("answer"))
        try client.write("another question")
        #expect(try server.reads("another question"))
    }

    /// A protocol in which the server speaks first.
    @Test func aServerMaySpeakFirst() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        let client = try proxy.connect()
        let server = try backend.accept()
        try server.write("220 ready")
        #expect(try client.reads("220 ready"))
    }

    @Test func aClientThatSendsNothingMoreStillGetsTheAnswer() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        let client = try proxy.connect()
        let server = try backend.accept()
        try client.write("all I have to say")
        try client.endWriting()
        #expect(try server.readAll() == Array("all I have to say".utf8))
        try server.write("late answer")
        #expect(try client.reads("late answer"))
        try server.endWriting()
        #expect(try client.readAll().isEmpty)
    }

    @Test func aServerThatSendsNothingMoreStillGetsTheRest() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        let client = try proxy.connect()
        let server = try backend.accept()
        try server.write("bye")
        try server.endWriting()
        #expect(try client.readAll() == Array("bye".utf8))
        try client.write("not yet")
        #expect(try server.reads("not yet"))
        try client.endWriting()
        #expect(try server.readAll().isEmpty)
    }

    /// More than the pipe and both sockets hold, so that the relay has to wait for either side.
    @Test(arguments: [true, false])
    func aLargeTransferArrivesWholeAtASlowReceiver(fromTheClient: Bool) throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        let client = try proxy.connect()
        let server = try backend.accept()
        let content = Pattern.bytes(24 << 20)
        let sender = try (fromTheClient ? client.duplicate() : server.duplicate())
        try startThread(name: "sender") {
            try? sender.writeAll(content)
            try? sender.endWriting()
        }
        let receiver = try (fromTheClient ? server.duplicate() : client.duplicate())
        let isWhole = try receiver.readAll() == content
        #expect(isWhole)
    }

    @Test func bothDirectionsMoveAtTheSameTime() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        let client = try proxy.connect()
        let server = try backend.accept()
        let content = Pattern.bytes(8 << 20)
        let sender = try client.duplicate()
        try startThread(name: "sender") {
            try? sender.writeAll(content)
            try? sender.endWriting()
        }
        // Each piece is sent back before the next one is read.
        let echo = try server.duplicate()
        try startThread(name: "echo") {
            while let part = try? echo.read(upTo: 1 << 16), !part.isEmpty { try? echo.writeAll(part) }
            try? echo.endWriting()
        }
        let isWhole = try client.readAll() == content
        #expect(isWhole)
    }

    @Test func manyConnectionsKeepTheirBytesApart() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        let names = (0..<40).map { "client \($0)".padded(to: 10) }
        let clients = try names.map { name in
            let client = Shared(try proxy.connect())
            try client.socket.write(name)
            return client
        }
        var servers: [String: Shared] = [:]
        for _ in names {
            let server = Shared(try backend.accept())
            servers[String(decoding: try server.socket.read(upTo: 10), as: UTF8.self)] = server
        }
        #expect(Set(servers.keys) == Set(names))
        for (name, server) in servers { try server.socket.write("for \(name)") }
        for (name, client) in zip(names, clients) { #expect(try client.socket.reads("for \(name)")) }
    }

    /// Bound, but nobody listens.
    @Test func aRefusingBackendResetsTheClient() throws {
        let closed = try Loopback.bound(.stream)
        let proxy = try Published(to: try closed.address())
        let client = try proxy.connect()
        #expect(throws: Errno.connectionReset) { try Self.read(client) }
        // The proxy goes on: the next client is served as soon as somebody is there.
        try closed.listen(backlog: 1)
        let next = try proxy.connect()
        let server = try closed.accept()
        try next.write("now")
        #expect(try server.reads("now"))
    }

    private static func read(_ socket: borrowing Descriptor) throws(Errno) -> [UInt8] { try socket.read(upTo: 1) }

    @Test func aResetByTheClientEndsTheBackendsConnection() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        var client: Shared? = Shared(try proxy.connect())
        let server = try backend.accept()
        try client?.socket.write("x")
        #expect(try server.reads("x"))
        try client?.resetOnClose()
        client = nil
        #expect(try server.readAll().isEmpty)
    }

    @Test func callersWaitUntilTheProxyIsStarted() throws {
        let backend = try Loopback.listener()
        let proxy = try Published()
        let client = try proxy.connect()
        try client.write("early")
        try proxy.start(to: try backend.address())
        let server = try backend.accept()
        #expect(try server.reads("early"))
    }

    @Test func aNewBackendGetsTheConnectionsFromThenOn() throws {
        let first = try Loopback.listener()
        let second = try Loopback.listener()
        let proxy = try Published(to: try first.address())
        let old = try proxy.connect()
        let oldServer = try first.accept()
        try proxy.start(to: try second.address())
        let new = try proxy.connect()
        let newServer = try second.accept()
        try new.write("new")
        #expect(try newServer.reads("new"))
        try old.write("old")
        #expect(try oldServer.reads("old"))
    }

    @Test func stoppingEndsAllConnectionsAtBothEnds() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        let clients = [Shared(try proxy.connect()), Shared(try proxy.connect())]
        let servers = [Shared(try backend.accept()), Shared(try backend.accept())]
        for client in clients { try client.socket.write("x") }
        for server in servers { #expect(try server.socket.reads("x")) }
        proxy.stop()
        for end in clients + servers { #expect(try end.socket.readAll().isEmpty) }
    }

    @Test func thePortIsFreeOnceTheProxyIsGone() throws {
        let backend = try Loopback.listener()
        var proxy: Published? = try Published(to: try backend.address())
        let address = try #require(proxy?.address)
        #expect(throws: Errno.addressInUse) { try Self.listen(at: address) }
        proxy?.stop()
        proxy?.settle()
        proxy = nil
        try Self.listen(at: address)
    }

    private static func listen(at address: SocketAddress) throws(Errno) {
        let socket = try Loopback.socket(.stream, family: address.family)
        try socket.bind(to: address)
        try socket.listen(backlog: 1)
    }

    @Test(.enabled(if: Loopback.hasIPv6)) func aClientOfIPv6ReachesABackendOfIPv4() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(at: .v6(.loopback), to: try backend.address())
        let client = try proxy.connect()
        let server = try backend.accept()
        try client.write("over")
        #expect(try server.reads("over"))
    }

    /// The supervisor needs its descriptors for containers: strangers get no more than their share, whatever they do.
    @Test func connectionsBeyondTheBudgetAreClosedAndOneSourceDoesNotTakeAll() throws {
        let backend = try Loopback.listener()
        let budget = ProxyBudget(descriptors: 256)
        let proxies = [
            try Published(to: try backend.address(), budget: budget),
            try Published(to: try backend.address(), budget: budget),
        ]
        #expect(LoopActor.sync { [budget.connections, budget.connectionsOfSource] } == [32, 16])
        var held: [Shared] = []
        // They share the budget, and all of them come from one address.
        for number in 0..<16 {
            let client = try proxies[number % 2].connect()
            try client.write("x")
            held.append(Shared(client))
            held.append(Shared(try backend.accept()))
        }
        let refused = try proxies[0].connect()
        #expect((try? refused.read(upTo: 1)) ?? [] == [])
        // Who goes makes room.
        held.removeFirst(2)
        let came = Polling.wait(
            every: 1_000_000, deadline: monotonicNanoseconds() + 20_000_000_000, because: "the loop has to see the end"
        ) { LoopActor.sync { budget.used } == 15 }
        #expect(came)
        let next = try proxies[1].connect()
        try next.write("y")
        #expect(try backend.accept().reads("y"))
    }

    /// Two descriptors for each, until bytes are on their way.
    @Test func idleConnectionsHoldNoPipes() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address())
        var held: [Shared] = []
        for _ in 0..<20 {
            let client = try proxy.connect()
            try client.write("x")
            let server = try backend.accept()
            #expect(try server.reads("x"))
            held += [Shared(client), Shared(server)]
        }
        proxy.settle()
        #expect(LoopActor.sync { proxy.budget.pipesMade } <= 2)
    }

    @Test func aConnectionOfWhichOneSideIsOverDoesNotStayForEver() throws {
        let backend = try Loopback.listener()
        let proxy = try Published(to: try backend.address(), halfClosedNanoseconds: 20_000_000)
        let client = try proxy.connect()
        try client.write("over")
        try client.endWriting()
        let server = try backend.accept()
        #expect(try server.reads("over"))
        // The server never answers and never closes.
        #expect((try? client.read(upTo: 1)) ?? [] == [])
        // One that is open in both directions may be silent for as long as it likes.
        let patient = try proxy.connect()
        try patient.write("a")
        let other = try backend.accept()
        #expect(try other.reads("a"))
        let silence = try proxy.connect()
        try silence.endWriting()
        #expect((try? silence.read(upTo: 1)) ?? [] == [])
        try other.write("b")
        #expect(try patient.reads("b"))
    }
}

/// A proxy on a free port, with a loop of its own. It is stopped with this value.
private final class Published: Sendable {
    let address: SocketAddress
    let budget: ProxyBudget
    private let thread: LoopThread
    private let proxy: TCPProxy

    init(
        at address: IPAddress = .v4(.loopback), to backend: SocketAddress? = nil,
        budget: ProxyBudget = ProxyBudget(descriptors: 4096), halfClosedNanoseconds: Int64 = 120_000_000_000
    ) throws {
        let listener = try Loopback.listener(address)
        try listener.setNonBlocking()
        self.address = try listener.address()
        thread = try LoopThread()
        self.budget = budget
        proxy = TCPProxy(
            loop: thread.loop, budget: budget, listener: listener, halfClosedNanoseconds: halfClosedNanoseconds)
        if let backend { try start(to: backend) }
    }

    deinit { stop() }

    func start(to backend: SocketAddress) throws { try LoopActor.sync { try proxy.start(to: backend) } }
    func stop() { LoopActor.sync { proxy.stop() } }
    func settle() { thread.settle() }
    func connect() throws(Errno) -> Descriptor { try Loopback.connection(.stream, to: address) }
}

/// A socket in a list.
private final class Shared: Sendable {
    let socket: Descriptor

    init(_ socket: consuming Descriptor) {
        self.socket = socket
    }

    func resetOnClose() throws(Errno) {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<Glibc.linger>.size)
        try systemCall { setsockopt(socket.raw, SOL_SOCKET, SO_LINGER, &linger, size) }
    }
}

/// Bytes that tell where they belong: no buffer's size is a multiple of what is repeated.
private enum Pattern {
    static func bytes(_ count: Int) -> [UInt8] {
        let piece = (0..<65521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + piece.count)
        while bytes.count < count { bytes += piece }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String { self + String(repeating: ".", count: count - utf8.count) }
}
