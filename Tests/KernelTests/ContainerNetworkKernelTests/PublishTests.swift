import CLinux
import Glibc
import LinuxSystem
import Netlink
import Primitives
import SystemPackage
import Testing

@testable import ContainerNetwork
@testable import Firewall

struct PublishTests {
    @Test func publishedPortIsReachedFromEverywhere() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let other = try host.network("other", "10.82.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let client = try host.sandbox("client", [(network, "10.81.0.3")])
            let stranger = try host.sandbox("stranger", [(other, "10.82.0.2")])
            let server = try Server.start(in: web.namespace, port: 80, text: "hello")
            defer {
                server.stop()
                for sandbox in [web, client, stranger] { sandbox.close() }
            }
            let ports = try host.stack.reservePorts([
                PortMapping(hostPorts: PortRange(8080), containerPort: 80),
                PortMapping(hostPorts: PortRange(8080), containerPort: 80, transport: .udp),
            ])
            #expect(
                ports.ports.map { "\($0.hostEnd)/\($0.transport.rawValue)" } == [
                    "0.0.0.0:8080/tcp", "[::]:8080/tcp", "0.0.0.0:8080/udp", "[::]:8080/udp",
                ])
            try host.stack.publish(ports, to: try #require(web.gatewayEndpoint))
            let address = TestHost.address.description
            #expect(try Client.fetch("127.0.0.1", 8080) == "hello")
            #expect(try Client.fetch(address, 8080) == "hello")
            #expect(try Client.fetch("::1", 8080) == "hello")
            #expect(try inside(host.neighbour.descriptor.raw) { try Client.fetch(address, 8080) } == "hello")
            #expect(try inside(client.namespace) { try Client.fetch(address, 8080) } == "hello")
            #expect(try inside(web.namespace) { try Client.fetch(address, 8080) } == "hello")
            #expect(try inside(stranger.namespace) { try Client.fetch(address, 8080) } == "hello")
            #expect(try Client.exchange("127.0.0.1", 8080, [1]) == Array("hello".utf8))
            #expect(try Client.exchange("::1", 8080, [1]) == Array("hello".utf8))
            #expect(
                try inside(host.neighbour.descriptor.raw) { try Client.exchange(address, 8080, [1]) }
                    == Array("hello".utf8))
            // Other networks reach what is published, nothing else.
            #expect(throws: Errno.self) {
                try inside(stranger.namespace) { try Client.fetch("10.81.0.2", 80, seconds: 1) }
            }
            host.stack.unpublish(ports)
            #expect(throws: Errno.connectionRefused) { try Client.fetch("127.0.0.1", 8080) }
            #expect(throws: Errno.connectionRefused) { try Client.fetch(address, 8080) }
        }
    }

    @Test func boundAddressIsTheOnlyOne() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let server = try Server.start(in: web.namespace, port: 80, text: "hello")
            defer {
                server.stop()
                web.close()
            }
            let request = PortMapping(
                hostAddress: IPAddress("127.0.0.1"), hostPorts: PortRange(8000...8010), containerPort: 80)
            let first = try host.stack.reservePorts([request])
            let second = try host.stack.reservePorts([request])
            #expect(first.ports.map { "\($0.hostEnd)/\($0.transport.rawValue)" } == ["127.0.0.1:8000/tcp"])
            #expect(second.ports.map { "\($0.hostEnd)/\($0.transport.rawValue)" } == ["127.0.0.1:8001/tcp"])
            try host.stack.publish(first, to: try #require(web.gatewayEndpoint))
            #expect(try Client.fetch("127.0.0.1", 8000) == "hello")
            #expect(throws: Errno.connectionRefused) { try Client.fetch(TestHost.address.description, 8000) }
            host.stack.unpublish(first)
            host.stack.unpublish(second)
        }
    }

    @Test func takenPortNamesItsOwner() throws {
        try TestHost.run { host in
            let first = try host.stack.reservePorts([PortMapping(hostPorts: PortRange(8080), containerPort: 80)])
            defer { host.stack.unpublish(first) }
            let error = #expect(throws: NetworkError.self) {
                try host.stack.reservePorts([PortMapping(hostPorts: PortRange(8080), containerPort: 81)])
            }
            #expect(error?.code == .portTaken)
            #expect(error?.description.hasPrefix("port 0.0.0.0:8080/tcp: is in use by process \(getpid())") ?? false)
        }
    }

    @Test func portsOutliveTheirSupervisor() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let server = try Server.start(in: web.namespace, port: 80, text: "hello")
            defer { server.stop() }
            let ports = try host.stack.reservePorts([PortMapping(hostPorts: PortRange(8080), containerPort: 80)])
            let endpoint = try #require(web.gatewayEndpoint)
            try host.stack.publish(ports, to: endpoint)
            // What is left when the process dies: no sockets of it, the container and its rules.
            ports.close()
            #expect(try Client.fetch("127.0.0.1", 8080) == "hello")
            let again = try host.stack.reservePorts(
                again: ports.ports.isEmpty
                    ? [
                        BoundPort(
                            hostAddress: .v4(.unspecified), hostPort: 8080, containerPort: 80, transport: .tcp)
                    ] : ports.ports)
            try host.stack.publish(again, to: endpoint)
            #expect(try Client.fetch("127.0.0.1", 8080) == "hello")
            host.stack.unpublish(again)
            #expect(throws: Errno.connectionRefused) { try Client.fetch("127.0.0.1", 8080) }
            web.close()
        }
    }

    @Test func leftoverPortsAreTakenBack() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            defer { web.close() }
            let reservation = try host.stack.reservePorts([PortMapping(hostPorts: PortRange(8080), containerPort: 80)])
            let ports = reservation.ports
            try host.stack.publish(reservation, to: try #require(web.gatewayEndpoint))
            let firewall = try Firewall()
            // Of another container: it is not its port.
            host.stack.withdraw(ports, of: IPv4Address("10.81.0.3")!, in: network)
            #expect(try firewall.run("list ruleset\n").contains("tcp . 8080 : 10.81.0.2 . 80"))
            host.stack.withdraw(ports, of: IPv4Address("10.81.0.2")!, in: network)
            #expect(try !firewall.run("list ruleset\n").contains("tcp . 8080 : 10.81.0.2 . 80"))
            host.stack.unpublish(reservation)
        }
    }

    @Test func proxyCarriesLargeStreamsAndHalfCloses() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            defer { web.close() }
            let ports = try host.stack.reservePorts([
                PortMapping(hostAddress: IPAddress("::1"), containerPort: 80)
            ])
            defer { host.stack.unpublish(ports) }
            let endpoint = try #require(web.gatewayEndpoint)
            try host.stack.publish(ports, to: endpoint)
            let port = ports.ports[0].hostPort
            // Nobody listens in the container.
            #expect(throws: Errno.self) { _ = try Client.fetch("::1", port) }
            // Sends everything back, but only once it has all of it.
            let echo = try inside(web.namespace) {
                let address = SocketAddress(.v4(.unspecified), port: 80)
                let socket = try Client.socket(address, .stream)
                try socket.bind(to: address)
                try socket.listen(backlog: 1)
                return socket.take()
            }
            try startThread(name: "echo") {
                let listener = Descriptor(owning: echo)
                let raw = clinux_accept4(listener.raw, 0)
                guard raw >= 0 else { return }
                let connection = Descriptor(owning: raw)
                guard let all = try? connection.readAll() else { return }
                try? connection.writeAll(all)
            }
            let sent = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let target = SocketAddress(IPAddress("::1")!, port: port)
            let socket = try Client.socket(target, .stream, seconds: 10)
            try socket.connect(to: target)
            try socket.writeAll(sent)
            shutdown(socket.raw, Int32(SHUT_WR))
            #expect(try socket.readAll() == sent)
        }
    }

    @Test func withoutPacketRulesProxiesDoIt() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let server = try Server.start(in: web.namespace, port: 80, text: "hello")
            defer {
                server.stop()
                web.close()
            }
            try Firewall().run(network.rules.tearDown)
            let bare = try HostNetwork(runRoot: host.runRoot, useFirewall: false)
            let publisher = PortPublisher(host: bare, loop: host.loop)
            let ports = try publisher.reserve([
                PortMapping(hostPorts: PortRange(8080), containerPort: 80),
                PortMapping(hostPorts: PortRange(8080), containerPort: 80, transport: .udp),
            ])
            _ = try publisher.publish(ports, to: try #require(web.gatewayEndpoint))
            let address = TestHost.address.description
            #expect(try Client.fetch("127.0.0.1", 8080) == "hello")
            #expect(try inside(host.neighbour.descriptor.raw) { try Client.fetch(address, 8080) } == "hello")
            #expect(try inside(web.namespace) { try Client.fetch(address, 8080) } == "hello")
            #expect(
                try inside(host.neighbour.descriptor.raw) { try Client.exchange(address, 8080, [1]) }
                    == Array("hello".utf8))
            #expect(try bare.ensure(network).first?.reason.contains("nftables does not work here") ?? false)
            publisher.unpublish(ports)
            #expect(throws: Errno.connectionRefused) { try Client.fetch("127.0.0.1", 8080) }
        }
    }

    /// Whether or not the kernel has sockets of SCTP: packets are all that the rule needs.
    @Test func portsOfSCTPHaveARuleAndNoProxy() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            defer { web.close() }
            let ports = try host.stack.reservePorts(
                [
                    PortMapping(hostPorts: PortRange(9000), containerPort: 9001, transport: .sctp),
                    PortMapping(containerPort: 9002, transport: .sctp),
                ], in: network)
            #expect(ports.ports.map(\.hostAddress) == [.v4(.unspecified), .v4(.unspecified)])
            #expect(ports.ports[0].hostPort == 9000)
            #expect(ports.ports[1].hostPort != 0)
            try host.stack.publish(ports, to: try #require(web.gatewayEndpoint))
            #expect(try Firewall().run("list ruleset\n").contains("sctp . 9000 : 10.81.0.2 . 9001"))
            host.stack.unpublish(ports)
            #expect(try !Firewall().run("list ruleset\n").contains("10.81.0.2 . 9001"))
        }
    }

    @Test func flushedRulesComeBack() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let server = try Server.start(in: web.namespace, port: 80, text: "hello")
            defer {
                server.stop()
                web.close()
            }
            try Firewall().run("flush ruleset\n")
            let ports = try host.stack.reservePorts([PortMapping(hostPorts: PortRange(8080), containerPort: 80)])
            try host.stack.publish(ports, to: try #require(web.gatewayEndpoint))
            let address = TestHost.address.description
            #expect(try inside(host.neighbour.descriptor.raw) { try Client.fetch(address, 8080) } == "hello")
            #expect(try Firewall().run("list ruleset\n").contains("tcp . 8080 : 10.81.0.2 . 80"))
            host.stack.unpublish(ports)
        }
    }
}
