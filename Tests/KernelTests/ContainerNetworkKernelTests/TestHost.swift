import CLinux
import DNS
import Dispatch
import Glibc
import LinuxSystem
import Netlink
import Primitives
import Synchronization
import SystemPackage
import Testing

@testable import ContainerNetwork
@testable import Firewall

/// A host of its own: a network namespace with a stack, its loop, and a neighbour on a "LAN".
final class TestHost: Sendable {
    let stack: NetworkStack
    let loop: EventLoop
    let runRoot: String
    let neighbour: PreparedNamespace

    static let address = IPv4Address("198.51.100.1")!
    static let neighbourAddress = IPv4Address("198.51.100.2")!

    /// Runs `body` on a thread in a new namespace; everything is gone afterwards.
    static func run(_ body: @escaping @Sendable (TestHost) throws -> Void) throws {
        let failure = Mutex<(any Error)?>(nil)
        let done = DispatchSemaphore(value: 0)
        try startThread(name: "test-host") {
            do {
                try systemCall { clinux_unshare(0x4000_0000) }
                let host = try TestHost()
                defer { host.tearDown() }
                try body(host)
            } catch {
                failure.withLock { $0 = error }
            }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private init() throws {
        let session = try NetlinkSession()
        try session.perform(.setLink(index: 1, up: true))
        neighbour = try PreparedNamespace.make()
        let peer = VethPeer(
            name: "lan", macAddress: MACAddress("02:00:00:00:00:02")!, namespace: neighbour.descriptor.raw)
        try session.perform(.addVeth("uplink", group: 0, mtu: 1400, master: 0, peer: peer))
        let uplink = try #require(try session.link(named: "uplink"))
        try session.perform([
            .addAddress(.v4(Self.address), prefixLength: 24, interface: uplink.index),
            .setDefaultRoute(gateway: .v4(Self.neighbourAddress), interface: uplink.index),
        ])
        let lan = try #require(try neighbour.session().link(named: "lan"))
        try neighbour.session().perform([
            .addAddress(.v4(Self.neighbourAddress), prefixLength: 24, interface: lan.index),
            .setLink(index: lan.index, up: true),
        ])
        try Files.write("0", to: "/proc/sys/net/ipv4/ip_forward")
        runRoot = "/tmp/compose-test-\(UInt64.random(in: 0...UInt64.max))"
        loop = try EventLoop()
        let loop = loop
        try startThread(name: "test-loop") { loop.run() }
        try Files.makeDirectories(runRoot)
        try Files.replace(runRoot + "/resolv.conf", with: Array("nameserver \(Self.neighbourAddress)\n".utf8))
        stack = try NetworkStack(
            runRoot: runRoot, loop: loop, readyNamespaces: 1, resolvConf: runRoot + "/resolv.conf")
    }

    static let address6 = IPv6Address("2001:db8::1")!
    static let neighbourAddress6 = IPv6Address("2001:db8::2")!

    /// The LAN has IPv6 too.
    func enableIPv6() throws {
        let lan = try #require(try neighbour.session().link(named: "lan"))
        try inside(neighbour.descriptor.raw) { try Files.write("0", to: "/proc/sys/net/ipv6/conf/lan/disable_ipv6") }
        try neighbour.session().perform(
            .addAddress(.v6(Self.neighbourAddress6), prefixLength: 64, interface: lan.index))
        let session = try NetlinkSession()
        let uplink = try #require(try session.link(named: "uplink"))
        try Files.write("0", to: "/proc/sys/net/ipv6/conf/uplink/disable_ipv6")
        try session.perform([
            .addAddress(.v6(Self.address6), prefixLength: 64, interface: uplink.index),
            .setDefaultRoute(gateway: .v6(Self.neighbourAddress6), interface: uplink.index),
        ])
    }

    static let secondAddress = IPv4Address("203.0.113.2")!

    /// A machine on a second LAN; both LANs know the host as their way to everything.
    func secondNeighbour() throws -> PreparedNamespace {
        let session = try NetlinkSession()
        let other = try PreparedNamespace.make()
        let peer = VethPeer(
            name: "lan", macAddress: MACAddress("02:00:00:00:00:03")!, namespace: other.descriptor.raw)
        try session.perform(.addVeth("uplink2", group: 0, mtu: 1400, master: 0, peer: peer))
        let uplink = try #require(try session.link(named: "uplink2"))
        let gateway = IPv4Address("203.0.113.1")!
        try session.perform([
            .addAddress(.v4(gateway), prefixLength: 24, interface: uplink.index),
            .setLink(index: uplink.index, up: true),
        ])
        let lan = try #require(try other.session().link(named: "lan"))
        try other.session().perform([
            .addAddress(.v4(Self.secondAddress), prefixLength: 24, interface: lan.index),
            .setLink(index: lan.index, up: true),
            .setDefaultRoute(gateway: .v4(gateway), interface: lan.index),
        ])
        let first = try #require(try neighbour.session().link(named: "lan"))
        try neighbour.session().perform([
            .setDefaultRoute(gateway: .v4(Self.address), interface: first.index)
        ])
        return other
    }

    /// The packet rules' tables.
    func tables() throws -> String { try stack.host.firewall?.run("list tables\n") ?? "" }

    private func tearDown() {
        stack.close()
        loop.stop()
        try? Files.removeTree(runRoot)
    }

    func network(_ name: String, _ subnet: String, change: (inout NetworkPlan) -> Void = { _ in }) throws
        -> NetworkPlan
    {
        let id = String((0..<64).map { _ in "0123456789abcdef".randomElement()! })
        let range = IPv4Subnet(subnet)!
        var network = NetworkPlan(
            id: id, name: name, bridge: LinkPlanner.defaultBridgeName(id: id), subnet: range,
            gateway: IPv4Address(bits: range.network.bits + 1))
        change(&network)
        try stack.host.ensure(network)
        return network
    }

    func sandbox(_ name: String, _ endpoints: [(NetworkPlan, String)]) throws -> Sandbox {
        let requests = endpoints.map { EndpointRequest(network: $0, ipv4: IPv4Address($1)!) }
        let sandbox = try stack.createSandbox(for: name, endpoints: requests, resolver: ResolverSettings())
        setNames(name, endpoints)
        return sandbox
    }

    func setNames(_ name: String, _ endpoints: [(NetworkPlan, String)]) {
        stack.setNames(
            of: name,
            endpoints.map { network, address in
                NameRecord(
                    network: network.id, networkName: network.name, canonicalName: "p-\(name)-1",
                    names: [name, "all"], ipv4: IPv4Address(address)!)
            })
    }
}

/// Runs `body` on a thread inside the namespace of descriptor `namespace`.
func inside<Value: Sendable>(_ namespace: Int32, _ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let result = Mutex<Result<Value, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    try startThread(name: "inside") {
        let value = Result {
            try systemCall { clinux_setns(namespace, 0x4000_0000) }
            return try body()
        }
        result.withLock { $0 = value }
        done.signal()
    }
    done.wait()
    return try result.withLock { $0 }!.get()
}

/// Blocking sockets with deadlines, for the tests' clients and servers.
enum Client {
    static func socket(_ address: SocketAddress, _ kind: SocketKind, seconds: Int = 3) throws -> Descriptor {
        let socket = try Descriptor.socket(address.family, kind)
        try socket.setNonBlocking(false)
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket.raw, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        return socket
    }

    /// Connects and returns what the other side says until it closes.
    static func fetch(_ address: String, _ port: UInt16, seconds: Int = 3) throws -> String {
        let target = SocketAddress(IPAddress(address)!, port: port)
        let socket = try socket(target, .stream, seconds: seconds)
        try systemCall { target.withKernelForm { Glibc.connect(socket.raw, $0, $1) } }
        shutdown(socket.raw, Int32(SHUT_WR))
        return String(decoding: try socket.readAll(), as: UTF8.self)
    }

    static func exchange(_ address: String, _ port: UInt16, _ bytes: [UInt8], seconds: Int = 3) throws -> [UInt8] {
        let target = SocketAddress(IPAddress(address)!, port: port)
        let socket = try socket(target, .datagram, seconds: seconds)
        try systemCall { target.withKernelForm { Glibc.connect(socket.raw, $0, $1) } }
        try socket.writeAll(bytes)
        return try socket.read(upTo: 65536)
    }
}

/// Servers that answer every client with `text`, until `stop` (or the end of the value).
final class Server: Sendable {
    private let stopped = Atomic<Bool>(false)
    private let listener: Descriptor
    private let datagrams: Descriptor

    /// Inside a namespace: TCP and UDP on `port` of every address, of IPv4 or of IPv6.
    static func start(in namespace: Int32, port: UInt16, text: String, ipv6: Bool = false) throws -> Server {
        let server = try inside(namespace) { try Server(port: port, ipv6 ? .v6(.unspecified) : .v4(.unspecified)) }
        try startThread(name: "server") { [server] in server.serveStreams(text) }
        try startThread(name: "server-udp") { [server] in server.serveDatagrams(text) }
        return server
    }

    private init(port: UInt16, _ any: IPAddress) throws {
        let address = SocketAddress(any, port: port)
        listener = try Client.socket(address, .stream, seconds: 1)
        try listener.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        try listener.bind(to: address)
        try listener.listen(backlog: 16)
        datagrams = try Client.socket(address, .datagram, seconds: 1)
        try datagrams.bind(to: address)
    }

    func stop() { stopped.store(true, ordering: .relaxed) }

    private func serveStreams(_ text: String) {
        while !stopped.load(ordering: .relaxed) {
            let raw = clinux_accept4(listener.raw, 0)
            if raw < 0 { continue }
            let connection = Descriptor(owning: raw)
            _ = try? connection.writeAll(Array(text.utf8))
        }
    }

    private func serveDatagrams(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 2048)
        while !stopped.load(ordering: .relaxed) {
            var sender = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutableBytes(of: &sender) {
                let from = $0.assumingMemoryBound(to: sockaddr.self).baseAddress
                let count = recvfrom(datagrams.raw, &buffer, buffer.count, 0, from, &length)
                if count >= 0 { _ = sendto(datagrams.raw, text, text.utf8.count, 0, from, length) }
            }
        }
    }
}
