import Glibc
import LinuxSystem
import Netlink
import Primitives
import SystemPackage
import Testing

@testable import ContainerNetwork

/// Networks on an interface of the host: macvlan and ipvlan.
struct ParentTests {
    private func network(
        _ host: TestHost, _ name: String, _ link: NetworkLink, on parent: String = "uplink",
        change: (inout NetworkPlan) -> Void = { _ in }
    ) throws -> NetworkPlan {
        try host.network(name, "198.51.100.0/24") { network in
            network.link = link
            network.bridge = parent
            network.gateway = TestHost.neighbourAddress
            change(&network)
        }
    }

    @Test(.enabled(if: KernelLinks.have("macvlan"), "the kernel has no macvlan"))
    func macvlanInterfacesAreOnTheHostsLANAndFindEachOtherByName() throws {
        try TestHost.run { host in
            let before = try NetlinkSession().links().map(\.name)
            let network = try network(host, "lan", .macvlan(.bridge))
            let web = try host.sandbox("web", [(network, "198.51.100.10")])
            let client = try host.sandbox("client", [(network, "198.51.100.11")])
            let server = try Server.start(in: web.namespace, port: 80, text: "web")
            let outside = try Server.start(in: host.neighbour.descriptor.raw, port: 80, text: "outside")
            defer {
                server.stop()
                outside.stop()
                web.close()
                client.close()
            }
            #expect(web.endpoints[0].interfaceName == "eth0")
            #expect(web.endpoints[0].macAddress.description == "02:42:c6:33:64:0a")
            #expect(try inside(client.namespace) { try Client.fetch("198.51.100.10", 80) } == "web")
            #expect(try resolve("web", in: client).addresses == ["198.51.100.10"])
            let neighbour = TestHost.neighbourAddress.description
            #expect(try inside(client.namespace) { try Client.fetch(neighbour, 80) } == "outside")
            // The neighbour sees the container itself, not the host.
            #expect(try inside(host.neighbour.descriptor.raw) { try Client.fetch("198.51.100.10", 80) } == "web")
            #expect(web.publishingEndpoints == nil)
            #expect(try host.tables() == "")
            try host.stack.host.remove(network)
            #expect(try NetlinkSession().links().map(\.name) == before)
        }
    }

    @Test(.enabled(if: KernelLinks.have("macvlan"), "the kernel has no macvlan"))
    func privateMacvlanInterfacesReachTheLANAndNotEachOther() throws {
        try TestHost.run { host in
            let network = try network(host, "lan", .macvlan(.private))
            let web = try host.sandbox("web", [(network, "198.51.100.10")])
            let client = try host.sandbox("client", [(network, "198.51.100.11")])
            let server = try Server.start(in: web.namespace, port: 80, text: "web")
            defer {
                server.stop()
                web.close()
                client.close()
            }
            #expect(try inside(host.neighbour.descriptor.raw) { try Client.fetch("198.51.100.10", 80) } == "web")
            #expect(throws: Errno.self) {
                try inside(client.namespace) { try Client.fetch("198.51.100.10", 80, seconds: 1) }
            }
        }
    }

    @Test(.enabled(if: KernelLinks.have("ipvlan"), "the kernel has no ipvlan"), arguments: IPvlanMode.allCases)
    func ipvlanInterfacesShareTheParentsAddress(mode: IPvlanMode) throws {
        try TestHost.run { host in
            let network = try network(host, "lan", .ipvlan(mode, .bridge))
            let web = try host.sandbox("web", [(network, "198.51.100.10")])
            let client = try host.sandbox("client", [(network, "198.51.100.11")])
            let server = try Server.start(in: web.namespace, port: 80, text: "web")
            defer {
                server.stop()
                web.close()
                client.close()
            }
            let uplink = try #require(try NetlinkSession().link(named: "uplink"))
            #expect(web.endpoints[0].macAddress == uplink.macAddress)
            #expect(try inside(client.namespace) { try Client.fetch("198.51.100.10", 80) } == "web")
            #expect(try resolve("web", in: client).addresses == ["198.51.100.10"])
            #expect(throws: NetworkError.self) {
                var request = EndpointRequest(network: network, ipv4: IPv4Address("198.51.100.12")!)
                request.macAddress = MACAddress("02:00:00:00:00:12")
                _ = try host.stack.createSandbox(for: "own", endpoints: [request], resolver: ResolverSettings())
            }
        }
    }

    @Test(.enabled(if: KernelLinks.have("vlan") && KernelLinks.have("macvlan"), "the kernel has no VLANs"))
    func aVLANsInterfaceIsMadeForTheFirstNetworkAndGoesWithTheLast() throws {
        try TestHost.run { host in
            let session = try NetlinkSession()
            let first = try network(host, "first", .macvlan(.bridge), on: "uplink.10")
            let second = try network(host, "second", .macvlan(.bridge), on: "uplink.10") {
                $0.subnet = IPv4Subnet("10.9.0.0/24")
            }
            let made = try #require(try session.link(named: "uplink.10"))
            #expect(made.kind == "vlan")
            #expect(made.isUp)
            #expect(made.lower == (try session.link(named: "uplink")?.index))
            try host.stack.host.remove(first, besides: [second])
            #expect(try session.link(named: "uplink.10") != nil)
            try host.stack.host.remove(second)
            #expect(try session.link(named: "uplink.10") == nil)
            // What was there before stays.
            try session.perform(.addVLAN("uplink.11", parent: try #require(made.lower), id: 11, group: 0))
            let third = try network(host, "third", .macvlan(.bridge), on: "uplink.11")
            try host.stack.host.remove(third)
            #expect(try session.link(named: "uplink.11") != nil)
        }
    }

    @Test(.enabled(if: KernelLinks.have("dummy") && KernelLinks.have("macvlan"), "the kernel has no dummy links"))
    func withoutAParentThereIsOneThatLeadsNowhere() throws {
        try TestHost.run { host in
            let network = try network(host, "alone", .macvlan(.bridge)) { $0.bridge = ParentName.own(id: $0.id) }
            let web = try host.sandbox("web", [(network, "198.51.100.10")])
            let client = try host.sandbox("client", [(network, "198.51.100.11")])
            let server = try Server.start(in: web.namespace, port: 80, text: "web")
            defer {
                server.stop()
                web.close()
                client.close()
            }
            #expect(try inside(client.namespace) { try Client.fetch("198.51.100.10", 80) } == "web")
            try host.stack.host.remove(network)
            #expect(try NetlinkSession().link(named: network.bridge) == nil)
        }
    }

    @Test func aParentThatIsNotThereIsNamed() throws {
        try TestHost.run { host in
            for (parent, missing) in [("eth7", "eth7"), ("eth7.10", "eth7")] {
                let error = #expect(throws: NetworkError.self) {
                    _ = try network(host, "lan", .macvlan(.bridge), on: parent)
                }
                #expect(error?.reason == "there is no interface \(missing) on this host to be its parent")
            }
        }
    }

    /// The parent was lost and is there again, and the interfaces with it.
    @Test(.enabled(if: KernelLinks.have("macvlan"), "the kernel has no macvlan"))
    func whatWasLostWithTheParentIsMadeAgain() throws {
        try TestHost.run { host in
            let session = try NetlinkSession()
            func makeParent() throws {
                let peer = VethPeer(
                    name: "far", macAddress: MACAddress("02:00:00:00:00:77")!, namespace: host.neighbour.descriptor.raw)
                try session.perform(.addVeth("mine", group: 0, mtu: 1400, master: 0, peer: peer))
                let far = try #require(try host.neighbour.session().link(named: "far"))
                try host.neighbour.session().perform(.setLink(index: far.index, up: true))
            }
            try makeParent()
            let network = try network(host, "lan", .macvlan(.bridge), on: "mine")
            let web = try host.sandbox("web", [(network, "198.51.100.10")])
            let client = try host.sandbox("client", [(network, "198.51.100.11")])
            let server = try Server.start(in: web.namespace, port: 80, text: "web")
            defer {
                server.stop()
                web.close()
                client.close()
            }
            try session.perform(.deleteLink(name: "mine"))
            #expect(try !host.stack.host.isWhole(network))
            try makeParent()
            #expect(try host.stack.host.isWhole(network))
            for sandbox in [web, client] { try host.stack.mend(sandbox, nil) }
            #expect(try inside(client.namespace) { try Client.fetch("198.51.100.10", 80) } == "web")
        }
    }
}

/// Kinds of interfaces that this kernel can make.
enum KernelLinks {
    static func have(_ kind: String) -> Bool {
        let made: Bool? = try? NamespaceThread.run(unsharing: 0x4000_0000, name: "kernel-links") {
            guard let session = try? NetlinkSession(),
                let own = try? Descriptor.open("/proc/thread-self/ns/net", O_RDONLY),
                (try? session.perform(.addBridge("b", macAddress: MACAddress(bits: 2), group: 0, mtu: nil))) != nil,
                let parent = try? session.link(named: "b")?.index
            else { return false }
            let link = UpperLink(name: "x", parent: parent, mtu: nil, namespace: own.raw)
            let request: Request =
                switch kind {
                case "macvlan": .addMacvlan(link, mode: .bridge, macAddress: nil)
                case "ipvlan": .addIPvlan(link, mode: .l2, flag: .bridge)
                case "vlan": .addVLAN("x", parent: parent, id: 10, group: 0)
                default: .addDummy("x", group: 0)
                }
            return (try? session.perform(request)) != nil
        }
        return made ?? false
    }
}
