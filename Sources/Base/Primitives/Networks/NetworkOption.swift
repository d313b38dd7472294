/// An option of a network that something here acts on (the Compose Specification's `driver_opts`), by Docker's names.
public enum NetworkOption: String, Sendable, Hashable, CaseIterable {
    case bridgeName = "com.docker.network.bridge.name"
    case masquerade = "com.docker.network.bridge.enable_ip_masquerade"
    case interContainer = "com.docker.network.bridge.enable_icc"
    case hostBinding = "com.docker.network.bridge.host_binding_ipv4"
    case gatewayMode4 = "com.docker.network.bridge.gateway_mode_ipv4"
    case gatewayMode6 = "com.docker.network.bridge.gateway_mode_ipv6"
    case inhibitIPv4 = "com.docker.network.bridge.inhibit_ipv4"
    case hostIPv4 = "com.docker.network.host_ipv4"
    case hostIPv6 = "com.docker.network.host_ipv6"
    case interfacePrefix = "com.docker.network.container_iface_prefix"
    case interfacePrefixLong = "com.docker.network.container_interface_prefix"
    case mtu = "com.docker.network.driver.mtu"
    case enableIPv4 = "com.docker.network.enable_ipv4"
    case enableIPv6 = "com.docker.network.enable_ipv6"
    case parent
    case macvlanMode = "macvlan_mode"
    case ipvlanMode = "ipvlan_mode"
    case ipvlanFlag = "ipvlan_flag"

    /// The option of this name, if the driver has it.
    public init?(_ name: String, of driver: NetworkDriver) {
        guard let option = Self(rawValue: name), option.drivers.contains(driver) else { return nil }
        self = option
    }

    /// Those that know it.
    public var drivers: [NetworkDriver] {
        switch self {
        case .bridgeName, .masquerade, .interContainer, .hostBinding, .gatewayMode4, .gatewayMode6, .inhibitIPv4,
            .hostIPv4, .hostIPv6:
            [.bridge]
        case .interfacePrefix, .interfacePrefixLong, .mtu, .enableIPv4, .enableIPv6: NetworkDriver.allCases
        case .parent: [.macvlan, .ipvlan]
        case .macvlanMode: [.macvlan]
        case .ipvlanMode, .ipvlanFlag: [.ipvlan]
        }
    }

    /// What its value has to be, for errors: `true or false`.
    public var form: String {
        switch self {
        case .bridgeName: "an interface name of 1 to 15 bytes"
        case .masquerade, .interContainer, .inhibitIPv4, .enableIPv4, .enableIPv6: "true or false"
        case .hostBinding, .hostIPv4: "an IPv4 address"
        case .hostIPv6: "an IPv6 address"
        case .gatewayMode4, .gatewayMode6: Self.words(GatewayMode.self)
        case .interfacePrefix, .interfacePrefixLong: "1 to 12 bytes of an interface name"
        case .mtu: "0 or 68 to 65535"
        case .parent: "the name of an interface other than lo"
        case .macvlanMode: Self.words(MacvlanMode.self)
        case .ipvlanMode: Self.words(IPvlanMode.self)
        case .ipvlanFlag: Self.words(IPvlanFlag.self)
        }
    }

    /// Whether `value` is of that form.
    public func allows(_ value: String) -> Bool {
        switch self {
        case .bridgeName: InterfaceName.isValid(value)
        case .masquerade, .interContainer, .inhibitIPv4, .enableIPv4, .enableIPv6: Self.flag(value) != nil
        case .hostBinding, .hostIPv4: IPv4Address(value) != nil
        case .hostIPv6: IPv6Address(value) != nil
        case .gatewayMode4, .gatewayMode6: GatewayMode(rawValue: value) != nil
        case .interfacePrefix, .interfacePrefixLong: InterfaceName.isValid(value) && value.utf8.count <= 12
        case .mtu: Int(value).map { $0 == 0 || (68...65535).contains($0) } ?? false
        // Nothing is what an isolated network has: an interface of its own that leads nowhere.
        case .parent: value.isEmpty || InterfaceName.isValid(value) && value != "lo"
        case .macvlanMode: MacvlanMode(rawValue: value) != nil
        case .ipvlanMode: IPvlanMode(rawValue: value) != nil
        case .ipvlanFlag: IPvlanFlag(rawValue: value) != nil
        }
    }

    /// As Docker reads them; nil for what is neither true nor false.
    static func flag(_ value: String) -> Bool? {
        switch value {
        case "true", "True", "TRUE", "1", "t", "T": true
        case "false", "False", "FALSE", "0", "f", "F": false
        default: nil
        }
    }

    private static func words<Value: CaseIterable & RawRepresentable<String>>(_ type: Value.Type) -> String {
        let words = type.allCases.map(\.rawValue)
        return words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}
