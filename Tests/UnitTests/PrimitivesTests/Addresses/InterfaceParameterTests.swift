import Primitives
import Testing

struct InterfaceParameterTests {
    @Test func theInterfacesNameTakesThePlaceOfTheWord() throws {
        let found = try InterfaceParameter.parse(
            "net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.neigh.IFNAME.gc_stale_time=30")
        #expect(
            found.map { $0.path(of: "eth0.1") } == ["ipv4/conf/eth0.1/log_martians", "ipv6/neigh/eth0.1/gc_stale_time"])
        #expect(found.map(\.value) == ["1", "30"])
        #expect(try InterfaceParameter.parse("") == [])
    }

    @Test(arguments: [
        "net.ipv4.conf.eth0.log_martians=1", "net.ipv4.conf.IFNAME.log_martians", "kernel.a.b.IFNAME.c=1",
        "net.ipv4.conf.IFNAME.a.b=1", "net.ipv4.conf.IFNAME./x=1", "net..conf.IFNAME.x=1",
    ])
    func othersAreRefused(text: String) {
        #expect(throws: GrammarError.self) { try InterfaceParameter.parse(text) }
    }
}
