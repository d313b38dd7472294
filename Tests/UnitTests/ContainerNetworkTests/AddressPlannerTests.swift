import Primitives
import Testing

@testable import ContainerNetwork

struct AddressPlannerTests {
    private func request(_ pool: AddressPool? = nil) -> NetworkRequest {
        var request = NetworkRequest(id: String(repeating: "ab", count: 32), name: "p_default")
        if let pool { request.pools = [pool] }
        return request
    }

    private func subnets(_ texts: String...) -> [IPv4Subnet] { texts.map { IPv4Subnet($0)! } }

    @Test func firstFreeSubnet() throws {
        let first = try AddressPlanner.plan(request(), networks: [], occupied: subnets("0.0.0.0/0", "172.17.0.0/16"))
        #expect(first.subnet?.description == "172.18.0.0/16")
        #expect(first.gateway?.description == "172.18.0.1")
        #expect(first.bridge == "cb-abababababab")
        let second = try AddressPlanner.plan(request(), networks: [first], occupied: subnets("172.16.0.0/12"))
        #expect(second.subnet?.description == "192.168.0.0/20")
        #expect(throws: NetworkError.self) {
            try AddressPlanner.plan(request(), networks: [], occupied: subnets("172.16.0.0/12", "192.168.0.0/16"))
        }
    }

    @Test func givenAddresses() throws {
        let pool = AddressPool(
            subnet: "172.28.0.0/16", ipRange: "172.28.5.0/24", gateway: "172.28.5.254",
            auxiliaryAddresses: ["host1": "172.28.5.1"])
        let network = try AddressPlanner.plan(request(pool), networks: [], occupied: [])
        #expect(network.gateway?.description == "172.28.5.254")
        #expect(try AddressPlanner.allocate(in: network, leased: [])?.description == "172.28.5.0")
        let leased: Set = [IPv4Address("172.28.5.0")!]
        #expect(try AddressPlanner.allocate(in: network, leased: leased)?.description == "172.28.5.2")
    }

    @Test(arguments: [
        (
            AddressPool(subnet: "172.28.0.0"),
            "network p_default: subnet \"172.28.0.0\" is not a CIDR range such as 172.28.0.0/16"
        ),
        (
            AddressPool(subnet: "172.28.0.0/16", gateway: "10.0.0.1"),
            "network p_default: gateway 10.0.0.1 is not within subnet 172.28.0.0/16"
        ),
        (
            AddressPool(subnet: "172.28.0.0/16", ipRange: "172.29.0.0/24"),
            "network p_default: ip_range 172.29.0.0/24 is not within subnet 172.28.0.0/16"
        ),
        (
            AddressPool(subnet: "10.0.0.0/8"),
            "network p_default: subnet 10.0.0.0/8 overlaps 10.1.0.0/24, which this host uses already"
        ),
    ])
    func wrongRequestsAreRefused(pool: AddressPool, text: String) {
        let error = #expect(throws: NetworkError.self) {
            try AddressPlanner.plan(request(pool), networks: [], occupied: subnets("10.1.0.0/24"))
        }
        #expect(error?.description == text)
    }

    @Test func unknownDriversAndOptionsAreNamed() {
        var plan = request()
        plan.driver = "overlay"
        let driver = #expect(throws: NetworkError.self) { try AddressPlanner.plan(plan, networks: [], occupied: []) }
        #expect(driver?.reason == "driver \"overlay\" is not supported, only bridge, macvlan, ipvlan are")
        plan.driver = nil
        plan.driverOptions = ["com.docker.network.driver.mtu": "x"]
        let option = #expect(throws: NetworkError.self) { try AddressPlanner.plan(plan, networks: [], occupied: []) }
        #expect(
            option?.reason == "\"x\" is not a value of com.docker.network.driver.mtu: use 0 or 68 to 65535")
    }

    @Test func fixedAddressesAreChecked() throws {
        let network = try AddressPlanner.plan(
            request(AddressPool(subnet: "10.9.0.0/29")), networks: [], occupied: [])
        func allocate(_ fixed: String?, leased: [String] = []) throws -> String? {
            try AddressPlanner.allocate(
                in: network, leased: Set(leased.map { IPv4Address($0)! }), fixed: fixed.map { IPv4Address($0)! }
            )?.description
        }
        #expect(try allocate("10.9.0.5") == "10.9.0.5")
        #expect(throws: NetworkError.self) { try allocate("10.9.0.1") }
        #expect(throws: NetworkError.self) { try allocate("10.9.0.5", leased: ["10.9.0.5"]) }
        #expect(throws: NetworkError.self) { try allocate("10.9.1.5") }
        #expect(try allocate(nil) == "10.9.0.2")
        let error = #expect(throws: NetworkError.self) { try allocate(nil, leased: (2...6).map { "10.9.0.\($0)" }) }
        #expect(error?.code == .exhausted)
    }

    @Test func ipv6() throws {
        var plan = request()
        plan.enableIPv6 = true
        let network = try AddressPlanner.plan(plan, networks: [], occupied: [])
        #expect(network.subnet6?.description == "fdab:abab:abab:abab::/64")
        #expect(try AddressPlanner.allocate6(in: network, leased: [])?.description == "fdab:abab:abab:abab::2")
    }

    @Test func ipv6RangesAndReservedAddressesCount() throws {
        var pool = AddressPool(subnet: "fd00:9::/64", ipRange: "fd00:9::8/125")
        pool.auxiliaryAddresses = ["router": "fd00:9::8"]
        let network = try AddressPlanner.plan(request(pool), networks: [], occupied: [])
        #expect(network.subnet != nil)
        #expect(try AddressPlanner.allocate6(in: network, leased: [])?.description == "fd00:9::9")
        let all = Set((9...15).map { IPv6Address("fd00:9::\(String($0, radix: 16))")! })
        #expect(throws: NetworkError.self) { try AddressPlanner.allocate6(in: network, leased: all) }
        #expect(throws: NetworkError.self) {
            try AddressPlanner.plan(
                request(AddressPool(subnet: "fd00:9::/64", ipRange: "fd00:8::/80")), networks: [], occupied: [])
        }
    }

    @Test func aNetworkMayHaveIPv6Alone() throws {
        var six = request(AddressPool(subnet: "fd00:9::/64"))
        six.enableIPv4 = false
        let network = try AddressPlanner.plan(six, networks: [], occupied: [])
        #expect(network.subnet == nil)
        #expect(network.gateway == nil)
        #expect(try AddressPlanner.allocate(in: network, leased: []) == nil)
        #expect(throws: NetworkError.self) {
            try AddressPlanner.allocate(in: network, leased: [], fixed: IPv4Address("10.0.0.2")!)
        }
        six.pools = []
        #expect(throws: NetworkError.self) { try AddressPlanner.plan(six, networks: [], occupied: []) }
        six.driverOptions = ["com.docker.network.enable_ipv6": "true"]
        #expect(try AddressPlanner.plan(six, networks: [], occupied: []).subnet6 != nil)
    }

    private func parent(_ driver: String, _ options: [String: String]) -> NetworkRequest {
        var request = request(AddressPool(subnet: "192.168.7.0/24", gateway: "192.168.7.1"))
        request.driver = driver
        request.driverOptions = options
        return request
    }

    @Test func networksOnAnInterfaceOfTheHostMayHaveItsRange() throws {
        let network = try AddressPlanner.plan(
            parent("macvlan", ["parent": "eth0.10"]), networks: [], occupied: subnets("192.168.7.0/24"))
        #expect(network.kind == .macvlan(.bridge))
        #expect(network.bridge == "eth0.10")
        #expect(!network.publishesPorts)
        #expect(network.hostAddress == nil)
        let other = try AddressPlanner.plan(
            parent("ipvlan", ["ipvlan_mode": "l3", "ipvlan_flag": "vepa"]), networks: [], occupied: [])
        #expect(other.kind == .ipvlan(.l3, .vepa))
        // Without a parent it is alone on an interface that leads nowhere.
        #expect(other.bridge == "dm-abababababab")
    }

    @Test func aParentIsNotUsedInTwoWays() throws {
        func plan(_ driver: String, _ options: [String: String], besides first: NetworkPlan) throws -> NetworkPlan {
            var request = parent(driver, options)
            request.pools = []
            return try AddressPlanner.plan(request, networks: [first], occupied: [])
        }
        let macvlan = try AddressPlanner.plan(parent("macvlan", ["parent": "eth0"]), networks: [], occupied: [])
        #expect(try plan("macvlan", ["parent": "eth0"], besides: macvlan).bridge == "eth0")
        #expect(throws: NetworkError.self) { try plan("ipvlan", ["parent": "eth0"], besides: macvlan) }
        #expect(throws: NetworkError.self) {
            try plan("macvlan", ["parent": "eth0", "macvlan_mode": "passthru"], besides: macvlan)
        }
        let ipvlan = try AddressPlanner.plan(parent("ipvlan", ["parent": "eth1"]), networks: [], occupied: [])
        #expect(try plan("ipvlan", ["parent": "eth1"], besides: ipvlan).bridge == "eth1")
        #expect(throws: NetworkError.self) {
            try plan("ipvlan", ["parent": "eth1", "ipvlan_mode": "l3"], besides: ipvlan)
        }
    }

    @Test func whatABridgeIsToldStandsInItsPlan() throws {
        var routed = request()
        routed.driverOptions = [
            "com.docker.network.bridge.gateway_mode_ipv4": "routed", "com.docker.network.bridge.inhibit_ipv4": "true",
            "com.docker.network.host_ipv4": "198.51.100.7",
        ]
        let network = try AddressPlanner.plan(routed, networks: [], occupied: [])
        #expect(network.gatewayMode4 == .routed)
        #expect(network.hostAddress == nil)
        #expect(network.hostIPv4 == IPv4Address("198.51.100.7"))
        var isolated = request()
        isolated.driverOptions = ["com.docker.network.bridge.gateway_mode_ipv4": "isolated"]
        #expect(throws: NetworkError.self) { try AddressPlanner.plan(isolated, networks: [], occupied: []) }
        isolated.isInternal = true
        #expect(try AddressPlanner.plan(isolated, networks: [], occupied: []).hostAddress == nil)
    }
}
