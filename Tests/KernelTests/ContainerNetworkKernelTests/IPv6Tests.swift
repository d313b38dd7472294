import DNS
import Glibc
import LinuxSystem
import Netlink
import Primitives
import SystemPackage
import Testing

@testable import ContainerNetwork
@testable import Firewall

struct IPv6Tests {
    private func network(
        _ host: TestHost, change: (inout NetworkPlan) -> Void = { _ in }
    ) throws -> NetworkPlan {
        try host.network("net", "10.81.0.0/24") { network in
            network.subnet6 = IPv6Subnet("fd00:81::/64")
            network.gateway6 = IPv6Address("fd00:81::1")
            change(&network)
        }
    }

    private func sandbox(_ host: TestHost, _ name: String, _ network: NetworkPlan, _ number: Int) throws -> Sandbox {
        var request = EndpointRequest(network: network)
        if network.subnet != nil { request.ipv4 = IPv4Address("10.81.0.\(number)") }
        request.ipv6 = IPv6Address("fd00:81::\(number)")
        return try host.stack.createSandbox(for: name, endpoints: [request], resolver: ResolverSettings())
    }

    private var neighbour: String { TestHost.neighbourAddress6.description }

    @Test func containersReachEachOtherAndTheOutsideAtOnce() throws {
        try TestHost.run { host in
            try host.enableIPv6()
            let network = try network(host)
            let web = try sandbox(host, "web", network, 2)
            let client = try sandbox(host, "client", network, 3)
            let server = try Server.start(in: web.namespace, port: 80, text: "web", ipv6: true)
            // It has no route to the container's network: only masquerading lets it answer.
            let outside = try Server.start(in: host.neighbour.descriptor.raw, port: 80, text: "outside", ipv6: true)
            defer {
                server.stop()
                outside.stop()
                web.close()
                client.close()
            }
            let address = neighbour
            #expect(try inside(client.namespace) { try Client.fetch("fd00:81::2", 80) } == "web")
            #expect(try Client.fetch("fd00:81::2", 80) == "web")
            #expect(try inside(client.namespace) { try Client.fetch(address, 80) } == "outside")
        }
    }

    @Test func forwardingIsSwitchedOnAndBackAndTheHostStaysNoRouterForOthers() throws {
        try TestHost.run { host in
            try host.enableIPv6()
            try Files.write("1", to: "/proc/sys/net/ipv6/conf/uplink/accept_ra")
            try Files.write("0", to: "/proc/sys/net/ipv6/conf/all/forwarding")
            let four = try host.network("four", "10.82.0.0/24")
            #expect(Sysctl.read("ipv6/conf/all/forwarding") == "0")
            let network = try network(host)
            #expect(Sysctl.read("ipv6/conf/all/forwarding") == "1")
            // It goes on to hear of the LAN's routers.
            #expect(Sysctl.read("ipv6/conf/uplink/accept_ra") == "2")
            #expect(try host.tables().contains("forwarding6_compose"))
            try host.stack.host.remove(network)
            #expect(Sysctl.read("ipv6/conf/all/forwarding") == "0")
            #expect(Sysctl.read("ipv6/conf/uplink/accept_ra") == "1")
            #expect(try !host.tables().contains("forwarding6_compose"))
            try host.stack.host.remove(four)
        }
    }

    @Test func publishedPortsLeadToTheContainersIPv6Address() throws {
        try TestHost.run { host in
            try host.enableIPv6()
            let network = try network(host)
            let web = try sandbox(host, "web", network, 2)
            let client = try sandbox(host, "client", network, 3)
            let server = try Server.start(in: web.namespace, port: 80, text: "six", ipv6: true)
            defer {
                server.stop()
                web.close()
                client.close()
            }
            let ports = try host.stack.reservePorts(
                [
                    PortMapping(hostPorts: PortRange(8080), containerPort: 80),
                    PortMapping(hostPorts: PortRange(8080), containerPort: 80, transport: .udp),
                ], in: network)
            defer { host.stack.unpublish(ports) }
            let target = try #require(web.publishingEndpoints)
            try host.stack.publish(ports, to: target.ipv4, endpoint6: target.ipv6)
            let address = TestHost.address6.description
            #expect(try Client.fetch("::1", 8080) == "six")
            #expect(try Client.fetch(address, 8080) == "six")
            #expect(try inside(host.neighbour.descriptor.raw) { try Client.fetch(address, 8080) } == "six")
            #expect(try inside(client.namespace) { try Client.fetch(address, 8080) } == "six")
            #expect(try inside(web.namespace) { try Client.fetch(address, 8080) } == "six")
            #expect(try Client.exchange("::1", 8080, [1]) == Array("six".utf8))
            #expect(
                try inside(host.neighbour.descriptor.raw) { try Client.exchange(address, 8080, [1]) }
                    == Array("six".utf8))
            #expect(try Firewall().run("list ruleset\n").contains("tcp . 8080 : fd00:81::2 . 80"))
        }
    }

    @Test func aNetworkWithoutIPv4HasAddressesNamesAndPorts() throws {
        try TestHost.run { host in
            try host.enableIPv6()
            let network = try network(host) { network in
                network.subnet = nil
                network.gateway = nil
            }
            let web = try sandbox(host, "web", network, 2)
            let client = try sandbox(host, "client", network, 3)
            host.stack.setNames(
                of: "web",
                [
                    NameRecord(
                        network: network.id, networkName: network.name, canonicalName: "p-web-1", names: ["web"],
                        ipv4: nil, ipv6: IPv6Address("fd00:81::2"))
                ])
            let server = try Server.start(in: web.namespace, port: 80, text: "six", ipv6: true)
            let outside = try Server.start(in: host.neighbour.descriptor.raw, port: 80, text: "outside", ipv6: true)
            defer {
                server.stop()
                outside.stop()
                web.close()
                client.close()
            }
            let address = neighbour
            #expect(try inside(client.namespace) { try Client.fetch("fd00:81::2", 80) } == "six")
            #expect(try inside(client.namespace) { try Client.fetch(address, 80) } == "outside")
            let bytes = question("web", type: 28)
            let answer = try inside(client.namespace) { try Client.exchange("127.0.0.11", 53, bytes) }
            #expect(Array(answer.suffix(16)) == IPv6Address("fd00:81::2")!.bytes)
            #expect(try resolve("web", in: client) == Reply(code: 0, addresses: []))
            let ports = try host.stack.reservePorts(
                [PortMapping(hostPorts: PortRange(8080), containerPort: 80)], in: network)
            defer { host.stack.unpublish(ports) }
            let target = try #require(web.publishingEndpoints)
            try host.stack.publish(ports, to: target.ipv4, endpoint6: target.ipv6)
            // The host's IPv4 ports lead there too.
            #expect(try Client.fetch("127.0.0.1", 8080) == "six")
            let four = TestHost.address.description
            #expect(try inside(host.neighbour.descriptor.raw) { try Client.fetch(four, 8080) } == "six")
        }
    }

    @Test func inRoutedModePublishedPortsAreReachedAtTheContainersOwnAddress() throws {
        try TestHost.run { host in
            try host.enableIPv6()
            // The neighbour knows the host as the way to the network.
            let lan = try #require(try host.neighbour.session().link(named: "lan"))
            try host.neighbour.session().perform(
                .setDefaultRoute(gateway: .v6(TestHost.address6), interface: lan.index))
            let network = try network(host) { $0.gatewayMode6 = .routed }
            let web = try sandbox(host, "web", network, 2)
            let server = try Server.start(in: web.namespace, port: 80, text: "six", ipv6: true)
            let other = try Server.start(in: web.namespace, port: 81, text: "closed", ipv6: true)
            defer {
                server.stop()
                other.stop()
                web.close()
            }
            let ports = try host.stack.reservePorts(
                [PortMapping(hostPorts: PortRange(8080), containerPort: 80)], in: network)
            #expect(ports.ports.map(\.hostAddress) == [.v4(.unspecified)])
            let target = try #require(web.publishingEndpoints)
            try host.stack.publish(ports, to: target.ipv4, endpoint6: target.ipv6)
            func reaches(_ port: UInt16) -> Bool {
                let answer = try? inside(host.neighbour.descriptor.raw) {
                    try Client.fetch("fd00:81::2", port, seconds: 1)
                }
                return answer != nil
            }
            #expect(reaches(80))
            #expect(!reaches(81))
            host.stack.unpublish(ports)
            #expect(!reaches(80))
        }
    }
}
