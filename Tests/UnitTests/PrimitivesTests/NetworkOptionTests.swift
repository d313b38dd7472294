import Primitives
import Testing

struct NetworkOptionTests {
    @Test func theOptionsOfADriverBecomeValues() throws {
        let options = try NetworkOptions(
            [
                "com.docker.network.bridge.name": "br-x", "com.docker.network.driver.mtu": "1400",
                "com.docker.network.bridge.enable_icc": "false",
                "com.docker.network.bridge.gateway_mode_ipv4": "nat-unprotected",
                "com.docker.network.host_ipv6": "fd00::1", "com.docker.network.enable_ipv6": "1",
            ], driver: .bridge)
        #expect(options.bridgeName == "br-x")
        #expect(options.mtu == 1400)
        #expect(options.interContainer == false)
        #expect(options.gatewayMode4 == .natUnprotected)
        #expect(options.hostIPv6 == IPv6Address("fd00::1"))
        #expect(options.enableIPv6 == true)
        #expect(options.masquerade == nil)
        let macvlan = try NetworkOptions(["parent": "eth0.10", "macvlan_mode": "vepa"], driver: .macvlan)
        #expect(macvlan.parent == "eth0.10")
        #expect(macvlan.macvlanMode == .vepa)
        let ipvlan = try NetworkOptions(["ipvlan_mode": "l3s", "ipvlan_flag": "private"], driver: .ipvlan)
        #expect(ipvlan.ipvlanMode == .l3s)
        #expect(ipvlan.ipvlanFlag == .private)
    }

    @Test func whatADriverDoesNotKnowMeansNothing() throws {
        let options = try NetworkOptions(["macvlan_mode": "none", "encrypted": "", "parent": "lo"], driver: .bridge)
        #expect(options.macvlanMode == nil)
        #expect(options.parent == nil)
        #expect(NetworkOption("macvlan_mode", of: .bridge) == nil)
        #expect(NetworkOption("com.docker.network.driver.mtu", of: .ipvlan) == .mtu)
        #expect(NetworkOption("com.docker.network.bridge.default_bridge", of: .bridge) == nil)
    }

    @Test(arguments: [
        ("com.docker.network.bridge.enable_icc", "maybe", "use true or false"),
        ("com.docker.network.driver.mtu", "67", "use 0 or 68 to 65535"),
        ("com.docker.network.bridge.name", "a/b", "use an interface name of 1 to 15 bytes"),
        ("com.docker.network.bridge.gateway_mode_ipv6", "open", "use nat, nat-unprotected, routed or isolated"),
        ("com.docker.network.host_ipv4", "::1", "use an IPv4 address"),
    ])
    func aValueThatMeansNothingIsRefusedWithWhatItCouldBe(name: String, value: String, right: String) {
        let error = #expect(throws: GrammarError.self) { try NetworkOptions([name: value], driver: .bridge) }
        #expect(error?.description == "\"\(value)\" is not a value of \(name): \(right)")
    }

    @Test func namesOfVLANs() {
        #expect(InterfaceName.vlan("eth0.10")?.parent == "eth0")
        #expect(InterfaceName.vlan("eth0.10")?.id == 10)
        for name in ["eth0", "eth0.", "eth0.0", "eth0.4095", "a.b.1", ".1", "eth0.1x"] {
            #expect(InterfaceName.vlan(name) == nil)
        }
    }
}
