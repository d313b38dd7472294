import LinuxSystem
import Netlink
import Primitives
import SystemPackage
import Testing

@testable import ContainerNetwork
@testable import Firewall

/// What changes while containers run: by us, and by others behind our back.
struct ChangeTests {
    @Test func aRunningContainerJoinsANetworkAndLeavesItAgain() throws {
        try TestHost.run { host in
            let front = try host.network("front", "10.81.0.0/24")
            let back = try host.network("back", "10.82.0.0/24")
            let web = try host.sandbox("web", [(front, "10.81.0.2")])
            let database = try host.sandbox("db", [(back, "10.82.0.3")])
            let server = try Server.start(in: database.namespace, port: 80, text: "db")
            defer {
                server.stop()
                web.close()
                database.close()
            }
            #expect(try resolve("db", in: web).addresses == [])
            try web.add(EndpointRequest(network: back, ipv4: IPv4Address("10.82.0.2")!))
            #expect(web.endpoints.map(\.interfaceName) == ["eth0", "eth1"])
            #expect(web.gatewayEndpoint?.network == front)
            #expect(try resolve("db", in: web).addresses == ["10.82.0.3"])
            #expect(try inside(web.namespace) { try Client.fetch("10.82.0.3", 80) } == "db")
            #expect(throws: NetworkError.self) {
                try web.add(EndpointRequest(network: back, ipv4: IPv4Address("10.82.0.4")!))
            }
            // The default route goes over to what is left.
            try web.remove(network: front.id)
            #expect(web.gatewayEndpoint?.network == back)
            let outside = try Server.start(in: host.neighbour.descriptor.raw, port: 80, text: "outside")
            defer { outside.stop() }
            let neighbour = TestHost.neighbourAddress.description
            #expect(try inside(web.namespace) { try Client.fetch(neighbour, 80) } == "outside")
            try web.remove(network: back.id)
            #expect(try resolve("db", in: web).addresses == [])
            try web.remove(network: back.id)
        }
    }

    @Test func parametersAreThoseOfTheAttachmentsInterface() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            var request = EndpointRequest(network: network, ipv4: IPv4Address("10.81.0.2")!)
            request.interfaceName = "web0"
            request.parameters = try InterfaceParameter.parse("net.ipv4.conf.IFNAME.log_martians=1")
            let web = try host.stack.createSandbox(for: "web", endpoints: [request], resolver: ResolverSettings())
            defer { web.close() }
            #expect(try inside(web.namespace) { Sysctl.read("ipv4/conf/web0/log_martians") } == "1")
        }
    }

    @Test func twoNetworksCannotHaveOneInterfaceName() throws {
        try TestHost.run { host in
            let front = try host.network("front", "10.81.0.0/24")
            let back = try host.network("back", "10.82.0.0/24")
            var first = EndpointRequest(network: front, ipv4: IPv4Address("10.81.0.2")!)
            var second = EndpointRequest(network: back, ipv4: IPv4Address("10.82.0.2")!)
            second.interfaceName = "eth0"
            // The name that is asked for is not given to another one.
            let web = try host.stack.createSandbox(
                for: "web", endpoints: [first, second], resolver: ResolverSettings())
            #expect(web.endpoints.map(\.interfaceName) == ["eth1", "eth0"])
            web.close()
            first.interfaceName = "eth0"
            let error = #expect(throws: NetworkError.self) {
                _ = try host.stack.createSandbox(
                    for: "web", endpoints: [first, second], resolver: ResolverSettings())
            }
            #expect(error?.reason == "interface_name \"eth0\" is that of network front as well")
        }
    }

    /// Everything on the host's side is gone: bridge, with it the interfaces, packet rules.
    @Test func whatOthersTookAwayIsMadeAgain() throws {
        try TestHost.run { host in
            let session = try NetlinkSession()
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let client = try host.sandbox("client", [(network, "10.81.0.3")])
            let server = try Server.start(in: web.namespace, port: 80, text: "web")
            defer {
                server.stop()
                web.close()
                client.close()
            }
            let ports = try host.stack.reservePorts([PortMapping(hostPorts: PortRange(8080), containerPort: 80)])
            defer { host.stack.unpublish(ports) }
            try host.stack.publish(ports, to: try #require(web.gatewayEndpoint))
            let address = TestHost.address.description
            func works(within seconds: Int = 3) -> Bool {
                let inner = try? inside(client.namespace) { try Client.fetch("10.81.0.2", 80, seconds: seconds) }
                let outer = try? inside(host.neighbour.descriptor.raw) {
                    try Client.fetch(address, 8080, seconds: seconds)
                }
                return inner == "web" && outer == "web"
            }
            func mend() throws {
                let wasWhole = try host.stack.host.isWhole(network)
                if !wasWhole { try host.stack.host.ensure(network) }
                try host.stack.mend(web, wasWhole ? nil : ports)
                try host.stack.mend(client, nil)
            }
            #expect(works())
            // The interfaces stay and have no bridge any more.
            try session.perform(.deleteLink(name: network.bridge))
            #expect(!works(within: 1))
            try mend()
            #expect(works())
            // The interfaces themselves.
            for link in try session.links() where link.kind == "veth" && link.name.hasPrefix("cv") {
                try session.perform(.deleteLink(index: link.index))
            }
            #expect(!works(within: 1))
            try mend()
            #expect(works())
            #expect(web.endpoints[0].macAddress == (try macAddress(of: web)))
            // The rules.
            try Firewall().run("flush ruleset\n")
            #expect(!(try host.stack.host.isWhole(network)))
            try mend()
            #expect(try Firewall().run("list ruleset\n").contains("tcp . 8080 : 10.81.0.2 . 80"))
            #expect(works())
            // Inside, from outside.
            let namespace = try #require(web.endpoints.first).interfaceName
            try inside(web.namespace) {
                let own = try NetlinkSession()
                let link = try #require(try own.link(named: namespace))
                try own.perform(
                    .deleteAddress(.v4(IPv4Address("10.81.0.2")!), prefixLength: 24, interface: link.index))
            }
            #expect(!works(within: 1))
            try mend()
            #expect(works())
        }
    }

    private func macAddress(of sandbox: Sandbox) throws -> MACAddress? {
        try inside(sandbox.namespace) { try NetlinkSession().link(named: "eth0")?.macAddress }
    }
}
