public import Primitives

extension AddressPlanner {
    /// The lowest free address, or `fixed` if that may be given; nil if the network has no IPv4 and none is asked for.
    public static func allocate(
        in network: NetworkPlan, leased: Set<IPv4Address>, fixed: IPv4Address? = nil
    ) throws(NetworkError) -> IPv4Address? {
        let subject = "network \(network.name)"
        guard let subnet = network.subnet else {
            if let fixed { throw NetworkError(.invalid, subject, "address \(fixed) needs IPv4 on the network") }
            return nil
        }
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
        var reserved = Set(network.auxiliaryAddresses.values).union([subnet.network, subnet.broadcast])
        if let gateway = network.gateway { reserved.insert(gateway) }
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

    /// The same for IPv6.
    public static func allocate6(
        in network: NetworkPlan, leased: Set<IPv6Address>, fixed: IPv6Address? = nil
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
        // All zeros are the routers' anycast address (RFC 4291, 2.6.1).
        let reserved = Set((network.auxiliaryAddresses6 ?? [:]).values).union([subnet.network])
        let range = network.ipRange6 ?? subnet
        var candidate = range.network
        while range.contains(candidate) {
            if candidate != network.gateway6, !reserved.contains(candidate), !leased.contains(candidate) {
                return candidate
            }
            candidate.low &+= 1
            if candidate.low == 0 { break }
        }
        throw NetworkError(.exhausted, subject, "no free address is left in \(range)")
    }
}
