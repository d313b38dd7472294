/// A range of addresses as a network is asked to use it (the Compose Specification's `ipam.config`), unchecked.
public struct AddressPool: Codable, Sendable, Hashable {
    /// CIDR.
    public var subnet: String?
    /// CIDR inside the subnet: where addresses are chosen.
    public var ipRange: String?
    /// The address that containers send to what is outside; nil takes the subnet's first.
    public var gateway: String?
    /// Host name → address that is never given out.
    public var auxiliaryAddresses: [String: String] = [:]

    public init(
        subnet: String? = nil, ipRange: String? = nil, gateway: String? = nil,
        auxiliaryAddresses: [String: String] = [:]
    ) {
        self.subnet = subnet
        self.ipRange = ipRange
        self.gateway = gateway
        self.auxiliaryAddresses = auxiliaryAddresses
    }
}
