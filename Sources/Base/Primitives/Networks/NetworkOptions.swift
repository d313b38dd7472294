/// The options of a network as values. nil, everywhere: not said.
public struct NetworkOptions: Sendable, Hashable {
    /// The bridge's interface name on the host.
    public var bridgeName: String?
    /// Outgoing packets get the host's address.
    public var masquerade: Bool?
    /// Containers may talk to each other.
    public var interContainer: Bool?
    /// Host address for ports that name none.
    public var hostBinding: IPv4Address?
    /// Of IPv4.
    public var gatewayMode4: GatewayMode?
    /// Of IPv6.
    public var gatewayMode6: GatewayMode?
    /// The bridge has no IPv4 address: somebody else is the gateway.
    public var inhibitIPv4: Bool?
    /// The address that outgoing packets get instead of that of the interface they leave by.
    public var hostIPv4: IPv4Address?
    /// The same for IPv6.
    public var hostIPv6: IPv6Address?
    /// Of interface names in containers.
    public var interfacePrefix: String?
    /// Bytes, 68 to 65535.
    public var mtu: Int?
    /// As `enable_ipv4` of the network, which goes before.
    public var enableIPv4: Bool?
    /// As `enable_ipv6` of the network.
    public var enableIPv6: Bool?
    /// The host's interface that macvlan and ipvlan interfaces hang on; empty is one that leads nowhere.
    public var parent: String?
    /// Of the driver macvlan.
    public var macvlanMode: MacvlanMode?
    /// Of the driver ipvlan.
    public var ipvlanMode: IPvlanMode?
    /// Of the driver ipvlan.
    public var ipvlanFlag: IPvlanFlag?

    /// What the driver does not know is left out: Docker takes any option. A loader warns of it
    /// (``NetworkOption/init(_:of:)``).
    ///
    /// - Throws: for the first value, by the options' names, that is not of its option's form.
    public init(_ options: [String: String], driver: NetworkDriver) throws(GrammarError) {
        for (name, value) in options.sorted(by: { $0.key < $1.key }) {
            guard let option = NetworkOption(name, of: driver) else { continue }
            if !option.allows(value) { throw GrammarError("is not a value of \(name): use \(option.form)", in: value) }
            set(option, to: value)
        }
    }

    private mutating func set(_ option: NetworkOption, to value: String) {
        switch option {
        case .bridgeName: bridgeName = value
        case .masquerade: masquerade = NetworkOption.flag(value)
        case .interContainer: interContainer = NetworkOption.flag(value)
        case .hostBinding: hostBinding = IPv4Address(value)
        case .gatewayMode4: gatewayMode4 = GatewayMode(rawValue: value)
        case .gatewayMode6: gatewayMode6 = GatewayMode(rawValue: value)
        case .inhibitIPv4: inhibitIPv4 = NetworkOption.flag(value)
        case .hostIPv4: hostIPv4 = IPv4Address(value)
        case .hostIPv6: hostIPv6 = IPv6Address(value)
        case .interfacePrefix, .interfacePrefixLong: interfacePrefix = value
        case .mtu: mtu = Int(value).flatMap { $0 == 0 ? nil : $0 }
        case .enableIPv4: enableIPv4 = NetworkOption.flag(value)
        case .enableIPv6: enableIPv6 = NetworkOption.flag(value)
        case .parent: parent = value
        case .macvlanMode: macvlanMode = MacvlanMode(rawValue: value)
        case .ipvlanMode: ipvlanMode = IPvlanMode(rawValue: value)
        case .ipvlanFlag: ipvlanFlag = IPvlanFlag(rawValue: value)
        }
    }
}
