public import Primitives

/// Chooses subnets for networks and addresses for containers. Pure: leases are kept by the caller.
public enum AddressPlanner {
    /// Decides all about a new network.
    ///
    /// - Parameter occupied: the subnets of all recorded networks and those of ``HostNetwork/occupiedSubnets()``.
    /// - Throws: `.invalid`, `.unsupported`, `.overlap`, `.exhausted`.
    public static func plan(
        _ request: NetworkRequest, networks: [BridgeNetwork], occupied: [IPv4Subnet]
    ) throws(NetworkError) -> BridgeNetwork { throw NetworkError(.unsupported, "network", "not there yet") }

    /// The lowest free address, or `fixed` if that may be given.
    public static func allocate(
        in network: BridgeNetwork, leased: Set<IPv4Address>, fixed: IPv4Address? = nil
    ) throws(NetworkError) -> IPv4Address { throw NetworkError(.unsupported, "network", "not there yet") }

    /// The same for IPv6; nil if the network has none and no fixed address is asked for.
    public static func allocate6(
        in network: BridgeNetwork, leased: Set<IPv6Address>, fixed: IPv6Address? = nil
    ) throws(NetworkError) -> IPv6Address? { throw NetworkError(.unsupported, "network", "not there yet") }
}
