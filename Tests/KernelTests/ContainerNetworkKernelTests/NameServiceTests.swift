import CLinux
import Glibc
import LinuxSystem
import Primitives
import Synchronization
import SystemPackage
import Testing

@testable import ContainerNetwork

/// A DNS question with recursion desired.
func question(_ name: String, type: UInt16, id: UInt16 = 0x1234) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    for label in name.split(separator: ".") { bytes += [UInt8(label.utf8.count)] + Array(label.utf8) }
    return bytes + [0, UInt8(type >> 8), UInt8(type & 255), 0, 1]
}

/// Response code and number of answers, and the IPv4 addresses among these.
struct Reply: Equatable {
    var code: Int
    var addresses: [String]

    init(code: Int, addresses: [String]) {
        self.code = code
        self.addresses = addresses
    }

    init(_ bytes: [UInt8], questionLength: Int) {
        code = Int(bytes[3] & 15)
        let count = Int(bytes[6]) << 8 | Int(bytes[7])
        addresses = (0..<count).compactMap { index in
            let start = questionLength + index * 16 + 12
            return start + 4 <= bytes.count ? IPv4Address(bytes: bytes[start..<start + 4])?.description : nil
        }.sorted()
    }
}

func resolve(_ name: String, type: UInt16 = 1, in sandbox: Sandbox) throws -> Reply {
    let bytes = question(name, type: type)
    let response = try inside(sandbox.namespace) { try Client.exchange("127.0.0.11", 53, bytes) }
    return Reply(response, questionLength: bytes.count)
}

struct NameServiceTests {
    @Test func namesOfSharedNetworksAreAnswered() throws {
        try TestHost.run { host in
            let front = try host.network("front", "10.81.0.0/24")
            let back = try host.network("back", "10.82.0.0/24")
            let web = try host.sandbox("web", [(front, "10.81.0.2"), (back, "10.82.0.2")])
            let database = try host.sandbox("db", [(back, "10.82.0.3")])
            let other = try host.sandbox("other", [(front, "10.81.0.4")])
            defer { for sandbox in [web, database, other] { sandbox.close() } }
            #expect(try resolve("db", in: web) == Reply(code: 0, addresses: ["10.82.0.3"]))
            #expect(try resolve("DB.Back", in: web) == Reply(code: 0, addresses: ["10.82.0.3"]))
            #expect(try resolve("web", in: database) == Reply(code: 0, addresses: ["10.82.0.2"]))
            #expect(try resolve("web", in: other) == Reply(code: 0, addresses: ["10.81.0.2"]))
            // IPv6 is not there, which is no reason to say that the name is not.
            #expect(try resolve("db", type: 28, in: web) == Reply(code: 0, addresses: []))
            #expect(try resolve("all", in: database).addresses == ["10.82.0.2", "10.82.0.3"])
            host.stack.removeNames(of: "db")
            #expect(try resolve("db", in: web).code == 3)
        }
    }

    @Test func tcpIsAnsweredToo() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            defer { web.close() }
            let bytes = question("web", type: 1)
            let response = try inside(web.namespace) {
                let target = SocketAddress(IPAddress("127.0.0.11")!, port: 53)
                let socket = try Client.socket(target, .stream)
                try socket.connect(to: target)
                // Two questions at once, the second in two parts.
                let framed = [0, UInt8(bytes.count)] + bytes
                try socket.writeAll(framed + framed.prefix(5))
                try socket.writeAll(Array(framed.dropFirst(5)))
                var all: [UInt8] = []
                while all.count < 2 * (bytes.count + 18) { all += try socket.read(upTo: 512) }
                return all
            }
            let answer = Array(response[2..<bytes.count + 18])
            #expect(Reply(answer, questionLength: bytes.count).addresses == ["10.81.0.2"])
        }
    }

    @Test func internalNetworksAskNobodyElse() throws {
        try TestHost.run { host in
            let network = try host.network("inside", "10.81.0.0/24") { $0.isInternal = true }
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            defer { web.close() }
            #expect(try resolve("web", in: web).addresses == ["10.81.0.2"])
            #expect(try resolve("example.org", in: web).code == 3)
            #expect(web.gatewayEndpoint == nil)
        }
    }

    /// Two containers that have nothing but an internal network: the host could not even ask there if it wanted to.
    @Test func serversOfItsOwnAreAskedFromTheContainersNetwork() throws {
        try TestHost.run { host in
            let network = try host.network("inside", "10.81.0.0/24") { network in
                network.isInternal = true
                network.gatewayMode4 = .isolated
            }
            let names = try host.sandbox("names", [(network, "10.81.0.53")])
            let upstream = try Upstream.start(in: names.namespace, at: IPAddress("10.81.0.53")!)
            var resolver = ResolverSettings()
            resolver.servers = [IPAddress("127.0.0.11")!, IPAddress("10.81.0.53")!]
            let web = try host.stack.createSandbox(
                for: "web", endpoints: [EndpointRequest(network: network, ipv4: IPv4Address("10.81.0.2")!)],
                resolver: resolver)
            defer {
                upstream.stop()
                names.close()
                web.close()
            }
            #expect(try resolve("example.org", in: web) == Reply(code: 0, addresses: ["203.0.113.7"]))
            #expect(try resolve("names", in: web).addresses == ["10.81.0.53"])
        }
    }

    /// The first server is silent: the second one answers before the client gives up.
    @Test func aSilentServerIsPassedOver() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let silent = try host.sandbox("silent", [(network, "10.81.0.52")])
            let names = try host.sandbox("names", [(network, "10.81.0.53")])
            let upstream = try Upstream.start(in: names.namespace, at: IPAddress("10.81.0.53")!)
            let deaf = try inside(silent.namespace) {
                let address = SocketAddress(IPAddress("10.81.0.52")!, port: 53)
                let socket = try Client.socket(address, .datagram)
                try socket.bind(to: address)
                return socket.take()
            }
            let held = Descriptor(owning: deaf)
            var resolver = ResolverSettings()
            resolver.servers = [IPAddress("10.81.0.52")!, IPAddress("10.81.0.53")!]
            let web = try host.stack.createSandbox(
                for: "web", endpoints: [EndpointRequest(network: network, ipv4: IPv4Address("10.81.0.2")!)],
                resolver: resolver)
            defer {
                upstream.stop()
                for sandbox in [silent, names, web] { sandbox.close() }
            }
            let bytes = question("example.org", type: 1)
            let answer = try inside(web.namespace) { try Client.exchange("127.0.0.11", 53, bytes, seconds: 5) }
            #expect(Reply(answer, questionLength: bytes.count) == Reply(code: 0, addresses: ["203.0.113.7"]))
            _ = held.raw
        }
    }

    @Test func otherNamesAreAskedOutside() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            defer { web.close() }
            // Nobody is there: an answer all the same, and soon.
            #expect(try resolve("example.org", in: web).code == 2)
            let upstream = try Upstream.start(in: host.neighbour.descriptor.raw)
            defer { upstream.stop() }
            #expect(try resolve("example.org", in: web) == Reply(code: 0, addresses: ["203.0.113.7"]))
            #expect(try resolve("nas", in: web) == Reply(code: 0, addresses: ["203.0.113.7"]))
            // Too long for UDP: the client is told so, and gets all of it by TCP.
            let bytes = question("long.example.org", type: 1)
            let cut = try inside(web.namespace) { try Client.exchange("127.0.0.11", 53, bytes) }
            #expect(cut[2] & 2 == 2)
            let whole = try inside(web.namespace) {
                let target = SocketAddress(IPAddress("127.0.0.11")!, port: 53)
                let socket = try Client.socket(target, .stream)
                try socket.connect(to: target)
                try socket.writeAll([0, UInt8(bytes.count)] + bytes)
                var all: [UInt8] = []
                while all.count < 2 + bytes.count + 16 { all += try socket.read(upTo: 512) }
                return Array(all[2...])
            }
            #expect(Reply(whole, questionLength: bytes.count).addresses == ["203.0.113.7"])
            #expect(Array(whole[..<2]) == [0x12, 0x34])
        }
    }
}

/// A name server that knows one address for everything; names that begin with "long" it tells by TCP only.
final class Upstream: Sendable {
    private let datagrams: Descriptor
    private let listener: Descriptor
    private let stopped = Atomic<Bool>(false)

    static func start(in namespace: Int32, at address: IPAddress = .v4(TestHost.neighbourAddress)) throws -> Upstream {
        let upstream = try inside(namespace) { try Upstream(address) }
        try startThread(name: "upstream") { upstream.serveDatagrams() }
        try startThread(name: "upstream-tcp") { upstream.serveStreams() }
        return upstream
    }

    private init(_ address: IPAddress) throws {
        let address = SocketAddress(address, port: 53)
        datagrams = try Client.socket(address, .datagram, seconds: 1)
        try datagrams.bind(to: address)
        listener = try Client.socket(address, .stream, seconds: 1)
        try listener.bind(to: address)
        try listener.listen(backlog: 4)
    }

    func stop() { stopped.store(true, ordering: .relaxed) }

    private static func response(to query: [UInt8], byTCP: Bool) -> [UInt8] {
        var response = query
        let cut = !byTCP && query[12] == 4 && query[13] == UInt8(ascii: "l")
        response[2] = cut ? 0x83 : 0x81
        response[3] = 0x80
        if cut { return response }
        response[7] = 1
        return response + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 203, 0, 113, 7]
    }

    private func serveDatagrams() {
        var buffer = [UInt8](repeating: 0, count: 2048)
        while !stopped.load(ordering: .relaxed) {
            var sender = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutableBytes(of: &sender) {
                let from = $0.assumingMemoryBound(to: sockaddr.self).baseAddress
                let count = recvfrom(datagrams.raw, &buffer, buffer.count, 0, from, &length)
                guard count > 12 else { return }
                let response = Self.response(to: Array(buffer[..<count]), byTCP: false)
                _ = sendto(datagrams.raw, response, response.count, 0, from, length)
            }
        }
    }

    private func serveStreams() {
        while !stopped.load(ordering: .relaxed) {
            let raw = clinux_accept4(listener.raw, 0)
            if raw < 0 { continue }
            let connection = Descriptor(owning: raw)
            guard let query = try? connection.read(upTo: 2048), query.count > 14 else { continue }
            let response = Self.response(to: Array(query[2...]), byTCP: true)
            try? connection.writeAll([0, UInt8(response.count)] + response)
        }
    }
}
