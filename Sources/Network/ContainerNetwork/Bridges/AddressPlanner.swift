public import Primitives

/// Chooses subnets for networks and addresses for containers. Pure: leases are kept by the caller.
public enum AddressPlanner {
    /// Docker's default pools: 172.17.0.0 to 172.31.0.0 as /16, then 192.168.0.0/16 as /20.
    static let defaultSubnets: [IPv4Subnet] =
        (17...31).map { IPv4Subnet(IPv4Address(bits: 172 << 24 | UInt32($0) << 16), prefixLength: 16) }
        + (0..<16).map { IPv4Subnet(IPv4Address(bits: 192 << 24 | 168 << 16 | UInt32($0) << 12), prefixLength: 20) }

    /// Decides all about a new network.
    ///
    /// - Parameters:
    ///   - networks: all recorded ones.
    ///   - occupied: ``HostNetwork/occupiedSubnets()``. A subnet that is asked for may be within one of these
    ///     (the host's way to it becomes the bridge), but not overlap another network.
    /// - Throws: `.invalid`, `.unsupported`, `.overlap`, `.exhausted`.
    public static func plan(
        _ request: NetworkRequest, networks: [BridgeNetwork], occupied: [IPv4Subnet]
    ) throws(NetworkError) -> BridgeNetwork {
        let subject = "network \(request.name)"
        if let driver = request.driver, driver != "bridge" {
            throw NetworkError(.unsupported, subject, "driver \"\(driver)\" is not supported, only bridge is")
        }
        let options = try NetworkOptions(request.driverOptions, subject: subject)
        if let taken = networks.first(where: { $0.bridge == options.bridge }) {
            throw NetworkError(.overlap, subject, "bridge \(taken.bridge) belongs to network \(taken.name)")
        }
        let pools4 = request.pools.filter { !($0.subnet ?? "").contains(":") }
        let pools6 = request.pools.filter { ($0.subnet ?? "").contains(":") }
        if pools4.count > 1 || pools6.count > 1 {
            throw NetworkError(.unsupported, subject, "more than one subnet of a family is not supported")
        }
        var network = try planIPv4(
            pools4.first, of: request, networks: networks, occupied: occupied,
            bridge: options.bridge ?? defaultBridgeName(id: request.id))
        options.apply(to: &network)
        network.isInternal = request.isInternal
        if request.enableIPv6 || !pools6.isEmpty {
            try planIPv6(pools6.first, for: &network, networks: networks)
        }
        return network
    }

    /// What the names of our bridges begin with, but for those that the file names.
    static let bridgePrefix = "cb-"

    static func defaultBridgeName(id: String) -> String { bridgePrefix + id.prefix(12) }

    private static func planIPv4(
        _ pool: AddressPool?, of request: NetworkRequest, networks: [BridgeNetwork], occupied: [IPv4Subnet],
        bridge: String
    ) throws(NetworkError) -> BridgeNetwork {
        let subject = "network \(request.name)"
        let subnet = try subnet(pool?.subnet, subject: subject, networks: networks, occupied: occupied)
        let range: IPv4Subnet? = try pool?.ipRange.map { text throws(NetworkError) in
            guard let range = IPv4Subnet(text) else {
                throw NetworkError(.invalid, subject, "ip_range \"\(text)\" is not a CIDR range such as 172.28.5.0/24")
            }
            guard subnet.contains(range) else {
                throw NetworkError(.invalid, subject, "ip_range \(range) is not within subnet \(subnet)")
            }
            return range
        }
        func inside(_ text: String, _ key: String) throws(NetworkError) -> IPv4Address {
            guard let address = IPv4Address(text) else {
                throw NetworkError(.invalid, subject, "\(key) \"\(text)\" is not an IPv4 address")
            }
            guard subnet.contains(address) else {
                throw NetworkError(.invalid, subject, "\(key) \(address) is not within subnet \(subnet)")
            }
            return address
        }
        var auxiliary: [String: IPv4Address] = [:]
        for (name, text) in pool?.auxiliaryAddresses ?? [:] {
            auxiliary[name] = try inside(text, "aux_addresses.\(name)")
        }
        let gateway: IPv4Address
        if let text = pool?.gateway {
            gateway = try inside(text, "gateway")
            if gateway == subnet.network || gateway == subnet.broadcast {
                throw NetworkError(.invalid, subject, "gateway \(gateway) is the network or broadcast address")
            }
        } else {
            let taken = Set(auxiliary.values)
            var candidate = IPv4Address(bits: max(subnet.network.bits, range?.network.bits ?? 0))
            if candidate == subnet.network { candidate.bits += 1 }
            while taken.contains(candidate) { candidate.bits += 1 }
            gateway = candidate
        }
        var network = BridgeNetwork(
            id: request.id, name: request.name, bridge: bridge, subnet: subnet, gateway: gateway)
        network.ipRange = range
        network.auxiliaryAddresses = auxiliary
        return network
    }

    private static func subnet(
        _ text: String?, subject: String, networks: [BridgeNetwork], occupied: [IPv4Subnet]
    ) throws(NetworkError) -> IPv4Subnet {
        guard let text, !text.isEmpty else {
            // Routes that halve the world (of a VPN, say) are as good as a default route.
            let taken = occupied.filter { $0.prefixLength >= 4 } + networks.map(\.subnet)
            if let free = defaultSubnets.first(where: { candidate in !taken.contains { $0.overlaps(candidate) } }) {
                return free
            }
            throw NetworkError(
                .exhausted, subject, "no free subnet is left in 172.17.0.0-172.31.0.0/16 and 192.168.0.0/16; give one")
        }
        guard let subnet = IPv4Subnet(text) else {
            throw NetworkError(.invalid, subject, "subnet \"\(text)\" is not a CIDR range such as 172.28.0.0/16")
        }
        if subnet.prefixLength > 30 || subnet.prefixLength < 8 {
            throw NetworkError(.invalid, subject, "subnet \(subnet) has to be between /8 and /30")
        }
        if let other = networks.first(where: { $0.subnet.overlaps(subnet) }) {
            throw NetworkError(.overlap, subject, "subnet \(subnet) overlaps \(other.subnet) of network \(other.name)")
        }
        // A larger route that leads there is no obstacle: the bridge's is more precise.
        if let other = occupied.first(where: { $0.prefixLength >= subnet.prefixLength && subnet.contains($0) }) {
            throw NetworkError(.overlap, subject, "subnet \(subnet) overlaps \(other), which this host uses already")
        }
        return subnet
    }

    private static func planIPv6(
        _ pool: AddressPool?, for network: inout BridgeNetwork, networks: [BridgeNetwork]
    ) throws(NetworkError) {
        let subject = "network \(network.name)"
        let subnet: IPv6Subnet
        if let text = pool?.subnet {
            guard let given = IPv6Subnet(text), given.prefixLength >= 16, given.prefixLength <= 126 else {
                throw NetworkError(.invalid, subject, "subnet \"\(text)\" is not a CIDR range such as fd00:1::/64")
            }
            subnet = given
        } else {
            // A unique local range (RFC 4193) made from the id.
            let digits = UInt64(network.id.prefix(14), radix: 16) ?? 0
            subnet = IPv6Subnet(
                IPv6Address(high: 0xFD00 << 48 | digits & 0xFF_FFFF_FFFF_FFFF, low: 0), prefixLength: 64)
        }
        if let other = networks.first(where: { $0.subnet6?.overlaps(subnet) ?? false }) {
            throw NetworkError(.overlap, subject, "subnet \(subnet) overlaps that of network \(other.name)")
        }
        var gateway = IPv6Address(high: subnet.network.high, low: subnet.network.low | 1)
        if let text = pool?.gateway {
            guard let given = IPv6Address(text), subnet.contains(given) else {
                throw NetworkError(.invalid, subject, "gateway \"\(text)\" is not an address of subnet \(subnet)")
            }
            gateway = given
        }
        network.subnet6 = subnet
        network.gateway6 = gateway
    }

    /// The lowest free address, or `fixed` if that may be given.
    public static func allocate(
        in network: BridgeNetwork, leased: Set<IPv4Address>, fixed: IPv4Address? = nil
    ) throws(NetworkError) -> IPv4Address {
        let subject = "network \(network.name)"
        let subnet = network.subnet
        let reserved = Set(network.auxiliaryAddresses.values)
            .union([subnet.network, subnet.broadcast, network.gateway])
        if let fixed {
            guard subnet.contains(fixed) else {
                throw NetworkError(.invalid, subject, "address \(fixed) is not within subnet \(subnet)")
            }
            // An auxiliary address is one that someone gives out by hand.
            if fixed == subnet.network || fixed == subnet.broadcast || fixed == network.gateway {
                throw NetworkError(
                    .addressInUse, subject, "address \(fixed) is the network, gateway or broadcast address")
            }
            if leased.contains(fixed) {
                throw NetworkError(.addressInUse, subject, "address \(fixed) is in use by another container")
            }
            return fixed
        }
        let range = network.ipRange ?? subnet
        var bits = range.network.bits
        while true {
            let candidate = IPv4Address(bits: bits)
            if !reserved.contains(candidate), !leased.contains(candidate) { return candidate }
            if bits == range.broadcast.bits { break }
            bits += 1
        }
        throw NetworkError(.exhausted, subject, "no free address is left in \(range)")
    }

    /// The same for IPv6; nil if the network has none and no fixed address is asked for.
    public static func allocate6(
        in network: BridgeNetwork, leased: Set<IPv6Address>, fixed: IPv6Address? = nil
    ) throws(NetworkError) -> IPv6Address? {
        let subject = "network \(network.name)"
        guard let subnet = network.subnet6 else {
            if let fixed { throw NetworkError(.invalid, subject, "address \(fixed) needs enable_ipv6 on the network") }
            return nil
        }
        if let fixed {
            guard subnet.contains(fixed) else {
                throw NetworkError(.invalid, subject, "address \(fixed) is not within subnet \(subnet)")
            }
            if fixed == network.gateway6 || fixed == subnet.network || leased.contains(fixed) {
                throw NetworkError(.addressInUse, subject, "address \(fixed) is in use")
            }
            return fixed
        }
        var candidate = subnet.network
        candidate.low += 1
        while subnet.contains(candidate) {
            if candidate != network.gateway6, !leased.contains(candidate) { return candidate }
            candidate.low &+= 1
        }
        throw NetworkError(.exhausted, subject, "no free address is left in \(subnet)")
    }
}
