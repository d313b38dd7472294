import Primitives
import Testing

@testable import DNS

struct NameTableTests {
    private func record(_ network: String, _ name: String, _ address: String) -> NameRecord {
        NameRecord(
            network: network, networkName: "p_\(network)", canonicalName: "p-\(name)-1", names: [name, "Alias"],
            ipv4: IPv4Address(address)!)
    }

    private var table: NameTable {
        var table = NameTable()
        table.set([record("front", "web", "10.1.0.2"), record("back", "web", "10.2.0.2")], of: "1")
        table.set([record("back", "db", "10.2.0.3")], of: "2")
        return table
    }

    private func ask(_ name: String, type: UInt16 = 1, _ client: ResolverClient) -> Answer {
        table.answer(name, type: type, recordClass: 1, for: client)
    }

    @Test func onlySharedNetworksAreSeen() {
        let front = ResolverClient(networks: ["front"])
        let back = ResolverClient(networks: ["back"])
        #expect(ask("web", front) == .addresses([.v4(IPv4Address("10.1.0.2")!)]))
        #expect(ask("web", back) == .addresses([.v4(IPv4Address("10.2.0.2")!)]))
        #expect(ask("db", front) == .forward)
        #expect(ask("db.p_back", back) == .addresses([.v4(IPv4Address("10.2.0.3")!)]))
        #expect(ask("alias", back) == .addresses([.v4(IPv4Address("10.2.0.2")!), .v4(IPv4Address("10.2.0.3")!)]))
        // The first of the client's networks that knows it.
        #expect(ask("web", ResolverClient(networks: ["back", "front"])) == .addresses([.v4(IPv4Address("10.2.0.2")!)]))
    }

    @Test func kindsOfQuestions() {
        let back = ResolverClient(networks: ["back"])
        #expect(ask("db", type: 28, back) == .empty)
        #expect(ask("db", type: 15, back) == .empty)
        #expect(ask("3.0.2.10.in-addr.arpa", type: 12, back) == .name("p-db-1.p_back"))
        #expect(ask("9.0.2.10.in-addr.arpa", type: 12, back) == .forward)
        #expect(ask("example.org", ResolverClient(networks: ["back"], mayForward: false)) == .unknown)
    }

    @Test func addressesOfBothFamiliesAreAnsweredBothWays() {
        var table = NameTable()
        var both = record("back", "db", "10.2.0.3")
        both.ipv6 = IPv6Address("fd00::3")
        table.set([both], of: "1")
        let six = NameRecord(
            network: "back", networkName: "p_back", canonicalName: "p-six-1", names: ["six"], ipv4: nil,
            ipv6: IPv6Address("fd00::4"))
        table.set([six], of: "2")
        let back = ResolverClient(networks: ["back"])
        func ask(_ name: String, _ type: UInt16) -> Answer { table.answer(name, type: type, recordClass: 1, for: back) }
        #expect(ask("db", 28) == .addresses([IPAddress("fd00::3")!]))
        #expect(ask("db", 255) == .addresses([IPAddress("10.2.0.3")!, IPAddress("fd00::3")!]))
        #expect(ask("six", 1) == .empty)
        #expect(ask("six", 28) == .addresses([IPAddress("fd00::4")!]))
        let reverse = "4" + String(repeating: ".0", count: 27) + ".0.0.d.f.ip6.arpa"
        #expect(ask(reverse, 12) == .name("p-six-1.p_back"))
        table.remove("2")
        #expect(ask(reverse, 12) == .forward)
        #expect(ask("six", 28) == .unknown)
    }

    @Test func linksBelongToOneClient() {
        let linked = ResolverClient(networks: ["back"], links: ["Database": "2"])
        #expect(ask("database", linked) == .addresses([.v4(IPv4Address("10.2.0.3")!)]))
        #expect(ask("database", ResolverClient(networks: ["back"])) == .forward)
    }

    @Test func namesOfEndedContainersAreNotAskedOutside() {
        var table = table
        table.remove("2")
        let back = ResolverClient(networks: ["back"])
        #expect(table.answer("db", type: 1, recordClass: 1, for: back) == .unknown)
        #expect(
            table.answer("alias", type: 1, recordClass: 1, for: back) == .addresses([.v4(IPv4Address("10.2.0.2")!)]))
        table.set([record("back", "db", "10.2.0.9")], of: "3")
        #expect(table.answer("db", type: 1, recordClass: 1, for: back) == .addresses([.v4(IPv4Address("10.2.0.9")!)]))
    }

    @Test func hostServers() {
        let text = "# x\nnameserver 127.0.0.53\nsearch a b\nnameserver fe80::1%eth0\nnameserver nonsense\n"
        #expect(
            Upstream.servers(in: text) == [
                Upstream(address: IPAddress("127.0.0.53")!), Upstream(address: IPAddress("fe80::1")!, zone: "eth0"),
            ])
    }
}
