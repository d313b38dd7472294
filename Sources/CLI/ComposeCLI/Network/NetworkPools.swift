internal import Primitives

/// Subnets with what belongs to each: on the command line they stand apart, and are joined by which contains which.
struct NetworkPools {
    private(set) var pools: [AddressPool] = []

    /// - Parameter auxiliary: addresses by name.
    init(subnets: [String], gateways: [String], ranges: [String], auxiliary: [String: String]) throws(CommandError) {
        if subnets.isEmpty && !(gateways.isEmpty && ranges.isEmpty && auxiliary.isEmpty) {
            throw CommandError("every ip-range, gateway or aux-address must have a corresponding subnet")
        }
        pools = subnets.map { AddressPool(subnet: $0) }
        for range in ranges {
            let index = try index(of: String(range.prefix { $0 != "/" }), "range \(range)")
            if pools[index].ipRange != nil { throw CommandError("cannot configure multiple ranges on the same subnet") }
            pools[index].ipRange = range
        }
        for gateway in gateways {
            let index = try index(of: gateway, "gateway \(gateway)")
            if pools[index].gateway != nil {
                throw CommandError("cannot configure multiple gateways for the same subnet")
            }
            pools[index].gateway = gateway
        }
        for (name, address) in auxiliary.sorted(by: { $0.key < $1.key }) {
            pools[try index(of: address, "aux-address \(address)")].auxiliaryAddresses[name] = address
        }
    }

    private func index(of address: String, _ what: String) throws(CommandError) -> Int {
        let found = pools.firstIndex { pool in
            let subnet = pool.subnet ?? ""
            if let address = IPv4Address(address) { return IPv4Subnet(subnet)?.contains(address) ?? false }
            if let address = IPv6Address(address) { return IPv6Subnet(subnet)?.contains(address) ?? false }
            return false
        }
        guard let found else { throw CommandError("no matching subnet for \(what)") }
        return found
    }
}
