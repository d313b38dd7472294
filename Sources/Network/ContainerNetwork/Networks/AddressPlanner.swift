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
        _ request: NetworkRequest, networks: [NetworkPlan], occupied: [IPv4Subnet]
    ) throws(NetworkError) -> NetworkPlan {
        let subject = "network \(request.name)"
        let (network, options) = try LinkPlanner.plan(request, networks: networks)
        let pools4 = request.pools.filter { !($0.subnet ?? "").contains(":") }
        let pools6 = request.pools.filter { ($0.subnet ?? "").contains(":") }
        if pools4.count > 1 || pools6.count > 1 {
            throw NetworkError(.unsupported, subject, "more than one subnet of a family is not supported")
        }
        var result = network
        let hasIPv6 = request.enableIPv6 || options.enableIPv6 == true || !pools6.isEmpty
        if request.enableIPv4 ?? options.enableIPv4 ?? true {
            try planIPv4(pools4.first, for: &result, networks: networks, occupied: occupied)
        } else if !hasIPv6 {
            throw NetworkError(.invalid, subject, "it has neither IPv4 nor IPv6: one of them has to be enabled")
        } else if let subnet = pools4.first?.subnet {
            throw NetworkError(.invalid, subject, "subnet \"\(subnet)\" is one of IPv4, which is disabled")
        }
        if hasIPv6 { try planIPv6(pools6.first, for: &result, networks: networks) }
        return result
    }

    // MARK: IPv4

    private static func planIPv4(
        _ pool: AddressPool?, for network: inout NetworkPlan, networks: [NetworkPlan], occupied: [IPv4Subnet]
    ) throws(NetworkError) {
        let subject = "network \(network.name)"
        let isOnLink = network.kind.hasParent
        let subnet = try subnet(pool?.subnet, subject, networks: networks, occupied: occupied, mayBeHosts: isOnLink)
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
        for (name, text) in pool?.auxiliaryAddresses ?? [:] {
            network.auxiliaryAddresses[name] = try inside(text, "aux_addresses.\(name)")
        }
        if let text = pool?.gateway {
            let gateway = try inside(text, "gateway")
            if gateway == subnet.network || gateway == subnet.broadcast {
                throw NetworkError(.invalid, subject, "gateway \(gateway) is the network or broadcast address")
            }
            network.gateway = gateway
        } else {
            let taken = Set(network.auxiliaryAddresses.values)
            var candidate = IPv4Address(bits: max(subnet.network.bits, range?.network.bits ?? 0))
            if candidate == subnet.network { candidate.bits += 1 }
            while taken.contains(candidate) { candidate.bits += 1 }
            network.gateway = candidate
        }
        network.subnet = subnet
        network.ipRange = range
    }

    /// - Parameter mayBeHosts: a network on an interface of the host is in the same range as that.
    private static func subnet(
        _ text: String?, _ subject: String, networks: [NetworkPlan], occupied: [IPv4Subnet], mayBeHosts: Bool
    ) throws(NetworkError) -> IPv4Subnet {
        guard let text, !text.isEmpty else {
            // Routes that halve the world (of a VPN, say) are as good as a default route.
            let taken = occupied.filter { $0.prefixLength >= 4 } + networks.compactMap(\.subnet)
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
        if let other = networks.first(where: { $0.subnet?.overlaps(subnet) ?? false }) {
            let taken = other.subnet.map { "\($0)" } ?? ""
            throw NetworkError(.overlap, subject, "subnet \(subnet) overlaps \(taken) of network \(other.name)")
        }
        // A larger route that leads there is no obstacle: the bridge's is more precise.
        let obstacle = occupied.first { $0.prefixLength >= subnet.prefixLength && subnet.contains($0) }
        if let obstacle, !mayBeHosts {
            throw NetworkError(
                .overlap, subject, "subnet \(subnet) overlaps \(obstacle), which this host uses already")
        }
        return subnet
    }

    // MARK: IPv6

    private static func planIPv6(
        _ pool: AddressPool?, for network: inout NetworkPlan, networks: [NetworkPlan]
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
        func inside(_ text: String, _ key: String) throws(NetworkError) -> IPv6Address {
            guard let address = IPv6Address(text), subnet.contains(address) else {
                throw NetworkError(.invalid, subject, "\(key) \"\(text)\" is not an address of subnet \(subnet)")
            }
            return address
        }
        network.ipRange6 = try pool?.ipRange.map { text throws(NetworkError) in
            guard let range = IPv6Subnet(text), range.prefixLength >= subnet.prefixLength,
                subnet.contains(range.network)
            else {
                throw NetworkError(.invalid, subject, "ip_range \"\(text)\" is not a CIDR range within \(subnet)")
            }
            return range
        }
        for (name, text) in pool?.auxiliaryAddresses ?? [:] {
            network.auxiliaryAddresses6 = network.auxiliaryAddresses6 ?? [:]
            network.auxiliaryAddresses6?[name] = try inside(text, "aux_addresses.\(name)")
        }
        let first = IPv6Address(high: subnet.network.high, low: subnet.network.low | 1)
        network.gateway6 = try pool?.gateway.map { text throws(NetworkError) in try inside(text, "gateway") } ?? first
        network.subnet6 = subnet
    }
}
