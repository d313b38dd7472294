import CLinux
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

struct NetworkTests {
    @Test func containersTalkToEachOtherAndToTheOutside() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let client = try host.sandbox("client", [(network, "10.81.0.3")])
            let server = try Server.start(in: web.namespace, port: 80, text: "web")
            // It has no route to the container's network: only masquerading lets it answer.
            let outside = try Server.start(in: host.neighbour.descriptor.raw, port: 80, text: "outside")
            defer {
                server.stop()
                outside.stop()
                web.close()
                client.close()
            }
            #expect(try inside(client.namespace) { try Client.fetch("10.81.0.2", 80) } == "web")
            #expect(try Client.fetch("10.81.0.2", 80) == "web")
            let neighbour = TestHost.neighbourAddress.description
            #expect(try inside(client.namespace) { try Client.fetch(neighbour, 80) } == "outside")
            #expect(web.endpoints[0].interfaceName == "eth0")
            #expect(web.endpoints[0].macAddress.description == "02:42:0a:51:00:02")
        }
    }

    @Test func ipv6NetworksHaveBothFamilies() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24") { network in
                network.subnet6 = IPv6Subnet("fd00:81::/64")
                network.gateway6 = IPv6Address("fd00:81::1")
            }
            var request = EndpointRequest(network: network, ipv4: IPv4Address("10.81.0.2")!)
            request.ipv6 = IPv6Address("fd00:81::2")
            let web = try host.stack.createSandbox(for: "web", endpoints: [request], resolver: ResolverSettings())
            defer { web.close() }
            let listener = try inside(web.namespace) {
                let address = SocketAddress(.v6(.unspecified), port: 80)
                let socket = try Client.socket(address, .stream)
                try socket.bind(to: address)
                try socket.listen(backlog: 1)
                return socket.take()
            }
            let socket = Descriptor(owning: listener)
            let target = SocketAddress(IPAddress("fd00:81::2")!, port: 80)
            let client = try Client.socket(target, .stream)
            try client.connect(to: target)
            #expect(try client.localAddress()?.address == IPAddress("fd00:81::1"))
            _ = socket.raw
        }
    }

    @Test func internalNetworkHasNoWayOut() throws {
        try TestHost.run { host in
            let network = try host.network("inside", "10.81.0.0/24") { $0.isInternal = true }
            let open = try host.network("open", "10.82.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let client = try host.sandbox("client", [(network, "10.81.0.3")])
            let stranger = try host.sandbox("stranger", [(open, "10.82.0.2")])
            let server = try Server.start(in: web.namespace, port: 80, text: "web")
            defer {
                server.stop()
                for sandbox in [web, client, stranger] { sandbox.close() }
            }
            #expect(try inside(client.namespace) { try Client.fetch("10.81.0.2", 80) } == "web")
            #expect(throws: Errno.networkUnreachable) {
                try inside(client.namespace) { try Client.fetch(TestHost.neighbourAddress.description, 80) }
            }
            #expect(throws: Errno.self) {
                try inside(stranger.namespace) { try Client.fetch("10.81.0.2", 80, seconds: 1) }
            }
        }
    }

    @Test func removalLeavesNothing() throws {
        try TestHost.run { host in
            let session = try NetlinkSession()
            let firewall = try Firewall()
            let before = (try session.links().map(\.name), try firewall.run("list ruleset\n"))
            let network = try host.network("net", "10.81.0.0/24")
            #expect(Sysctl.read("ipv4/ip_forward") == "1")
            // Once more changes nothing.
            try host.stack.host.ensure(network, evenIfRecent: true)
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            let ports = try host.stack.reservePorts([PortMapping(containerPort: 80)])
            try host.stack.publish(ports, to: try #require(web.gatewayEndpoint))
            try host.stack.host.remove(network)
            host.stack.unpublish(ports)
            web.close()
            try host.stack.host.remove(network)
            #expect(try session.links().map(\.name) == before.0)
            #expect(try firewall.run("list ruleset\n") == before.1)
            #expect(Sysctl.read("ipv4/ip_forward") == "0")
        }
    }

    @Test func foreignInterfaceIsNotTouched() throws {
        try TestHost.run { host in
            let session = try NetlinkSession()
            let address = MACAddress("02:00:00:00:00:99")!
            try session.perform(.addBridge("mine", macAddress: address, group: 0, mtu: nil))
            let error = #expect(throws: NetworkError.self) {
                _ = try host.network("net", "10.81.0.0/24") { $0.bridge = "mine" }
            }
            #expect(error?.code == .notOurs)
            #expect(try session.link(named: "mine")?.macAddress == address)
        }
    }

    /// A host with a network of ours lies between two LANs that had no way to each other before.
    @Test func theHostDoesNotBecomeARouterForOthers() throws {
        try TestHost.run { host in
            let other = try host.secondNeighbour()
            let server = try Server.start(in: other.descriptor.raw, port: 80, text: "other")
            defer { server.stop() }
            func reaches(within seconds: Int = 1) -> Bool {
                let answer = try? inside(host.neighbour.descriptor.raw) {
                    try Client.fetch(TestHost.secondAddress.description, 80, seconds: seconds)
                }
                return answer == "other"
            }
            try Files.write("1", to: "/proc/sys/net/ipv4/ip_forward")
            #expect(reaches(within: 3), "the test's own routes are wrong")
            try Files.write("0", to: "/proc/sys/net/ipv4/ip_forward")
            let first = try host.network("first", "10.81.0.0/24")
            let second = try host.network("second", "10.82.0.0/24")
            let client = try host.sandbox("client", [(second, "10.82.0.2")])
            defer { client.close() }
            #expect(!reaches())
            #expect(
                try inside(client.namespace) { try Client.fetch(TestHost.secondAddress.description, 80) } == "other")
            try host.stack.host.remove(first)
            #expect(!reaches())
            client.close()
            try host.stack.host.remove(second)
            #expect(try host.tables().contains("forwarding_compose") == false)
        }
    }

    @Test func theForwardingGuardIsWrittenAnewOnlyWhenItDiffers() throws {
        try TestHost.run { host in
            try Files.write("0", to: "/proc/sys/net/ipv4/ip_forward")
            let firewall = try Firewall()
            func listing() throws -> String {
                try firewall.run("list table inet forwarding_compose\n", handles: true)
            }
            let network = try host.network("net", "10.81.0.0/24")
            let first = try listing()
            try host.stack.host.ensure(network, evenIfRecent: true)
            #expect(try listing() == first)
            let handle = try #require(
                first.split(separator: "\n").first { $0.contains("docker0") }?.split(separator: " ").last)
            try firewall.run("delete rule inet forwarding_compose passing handle \(handle)\n")
            try host.stack.host.ensure(network, evenIfRecent: true)
            #expect(try listing().contains("docker0"))
            try host.stack.host.remove(network)
        }
    }

    @Test func aHostThatForwardsAlreadyStaysARouter() throws {
        try TestHost.run { host in
            let other = try host.secondNeighbour()
            let server = try Server.start(in: other.descriptor.raw, port: 80, text: "other")
            defer { server.stop() }
            try Files.write("1", to: "/proc/sys/net/ipv4/ip_forward")
            let network = try host.network("net", "10.81.0.0/24")
            let answer = try inside(host.neighbour.descriptor.raw) {
                try Client.fetch(TestHost.secondAddress.description, 80)
            }
            #expect(answer == "other")
            try host.stack.host.remove(network)
        }
    }

    @Test func droppingForwardChainsLetOurPacketsPass() throws {
        try TestHost.run { host in
            let firewall = try Firewall()
            // As dockerd leaves it.
            try firewall.run(
                """
                add table ip filter
                add chain ip filter FORWARD { type filter hook forward priority 0 ; policy drop ; }
                add chain ip filter DOCKER-USER
                add rule ip filter FORWARD jump DOCKER-USER
                add rule ip filter DOCKER-USER return

                """)
            let before = try firewall.run("list ruleset\n")
            let network = try host.network("net", "10.81.0.0/24")
            let client = try host.sandbox("client", [(network, "10.81.0.3")])
            let outside = try Server.start(in: host.neighbour.descriptor.raw, port: 80, text: "outside")
            defer {
                outside.stop()
                client.close()
            }
            let neighbour = TestHost.neighbourAddress.description
            #expect(try inside(client.namespace) { try Client.fetch(neighbour, 80) } == "outside")
            try host.stack.host.remove(network)
            #expect(try firewall.run("list ruleset\n") == before)
        }
    }

    @Test func newSupervisorTakesOver() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let web = try host.sandbox("web", [(network, "10.81.0.2")])
            // Stands for the container's process 1.
            let lives = DispatchSemaphore(value: 0)
            let namespace = web.namespace
            let pid = Mutex<Int32>(0)
            let started = DispatchSemaphore(value: 0)
            try startThread(name: "container") {
                _ = clinux_setns(namespace, 0x4000_0000)
                pid.withLock { $0 = threadNumber() }
                started.signal()
                lives.wait()
            }
            started.wait()
            defer { lives.signal() }
            web.close()
            #expect(web.namespace == -1)
            // The next one knows names and addresses from the record.
            let request = EndpointRequest(network: network, ipv4: IPv4Address("10.81.0.2")!)
            let adopted = try host.stack.adoptSandbox(
                for: "web", pid: pid.withLock { $0 }, endpoints: [request], resolver: ResolverSettings())
            #expect(adopted.endpoints.map(\.interfaceName) == ["eth0"])
            #expect(try resolve("web", in: adopted).addresses == ["10.81.0.2"])
            adopted.close()
        }
    }

    @Test func manyContainersAtOnce() throws {
        try TestHost.run { host in
            let network = try host.network("net", "10.81.0.0/24")
            let sandboxes = try (2..<22).map { number in
                try host.sandbox("c\(number)", [(network, "10.81.0.\(number)")])
            }
            #expect(try resolve("all", in: sandboxes[0]).addresses.count == 20)
            for sandbox in sandboxes { sandbox.close() }
        }
    }
}

/// Of the calling thread, as `/proc` knows it.
private func threadNumber() -> Int32 {
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &buffer, buffer.count)
    let text = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    return text.split(separator: "/").last.flatMap { Int32($0) } ?? 0
}
