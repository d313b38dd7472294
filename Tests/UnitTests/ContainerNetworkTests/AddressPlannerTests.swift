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
        #expect(first.subnet.description == "172.18.0.0/16")
        #expect(first.gateway.description == "172.18.0.1")
        #expect(first.bridge == "cb-abababababab")
        let second = try AddressPlanner.plan(request(), networks: [first], occupied: subnets("172.16.0.0/12"))
        #expect(second.subnet.description == "192.168.0.0/20")
        #expect(throws: NetworkError.self) {
            try AddressPlanner.plan(request(), networks: [], occupied: subnets("172.16.0.0/12", "192.168.0.0/16"))
        }
    }

    @Test func givenAddresses() throws {
        let pool = AddressPool(
            subnet: "172.28.0.0/16", ipRange: "172.28.5.0/24", gateway: "172.28.5.254",
            auxiliaryAddresses: ["host1": "172.28.5.1"])
        let network = try AddressPlanner.plan(request(pool), networks: [], occupied: [])
        #expect(network.gateway.description == "172.28.5.254")
        #expect(try AddressPlanner.allocate(in: network, leased: []).description == "172.28.5.0")
        let leased: Set = [IPv4Address("172.28.5.0")!]
        #expect(try AddressPlanner.allocate(in: network, leased: leased).description == "172.28.5.2")
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
        #expect(driver?.reason == "driver \"overlay\" is not supported, only bridge is")
        plan.driver = nil
        plan.driverOptions = ["encrypted": ""]
        let option = #expect(throws: NetworkError.self) { try AddressPlanner.plan(plan, networks: [], occupied: []) }
        #expect(option?.reason == "driver option \"encrypted\" is not supported")
    }

    @Test func fixedAddressesAreChecked() throws {
        let network = try AddressPlanner.plan(
            request(AddressPool(subnet: "10.9.0.0/29")), networks: [], occupied: [])
        func allocate(_ fixed: String?, leased: [String] = []) throws -> String {
            try AddressPlanner.allocate(
                in: network, leased: Set(leased.map { IPv4Address($0)! }), fixed: fixed.map { IPv4Address($0)! }
            ).description
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
}
