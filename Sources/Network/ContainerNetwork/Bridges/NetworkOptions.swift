internal import Primitives

/// Driver options of a bridge network that Docker knows (`driver_opts`). Others are refused by name.
struct NetworkOptions {
    var bridge: String?
    var mtu: Int?
    var masquerade = true
    var interContainer = true
    var hostBinding: IPv4Address?
    var interfacePrefix: String?

    init(_ options: [String: String], subject: String) throws(NetworkError) {
        for (key, value) in options.sorted(by: { $0.key < $1.key }) {
            switch key {
            case "com.docker.network.bridge.name":
                try Self.check(Self.isInterfaceName(value), subject, key, value, "an interface name of 1 to 15 bytes")
                bridge = value
            case "com.docker.network.driver.mtu":
                mtu = Int(value)
                try Self.check(mtu.map { (68...65535).contains($0) } ?? false, subject, key, value, "68 to 65535")
            case "com.docker.network.bridge.enable_ip_masquerade":
                masquerade = try Self.flag(value, subject, key)
            case "com.docker.network.bridge.enable_icc":
                interContainer = try Self.flag(value, subject, key)
            case "com.docker.network.bridge.host_binding_ipv4":
                hostBinding = IPv4Address(value)
                try Self.check(hostBinding != nil, subject, key, value, "an IPv4 address")
            case "com.docker.network.container_iface_prefix", "com.docker.network.container_interface_prefix":
                let valid = Self.isInterfaceName(value) && value.utf8.count <= 12
                try Self.check(valid, subject, key, value, "1 to 12 bytes of an interface name")
                interfacePrefix = value
            default:
                throw NetworkError(.unsupported, subject, "driver option \"\(key)\" is not supported")
            }
        }
    }

    func apply(to network: inout BridgeNetwork) {
        network.mtu = mtu
        network.masquerade = masquerade
        network.interContainer = interContainer
        network.hostBinding = hostBinding == .unspecified ? nil : hostBinding
        network.interfacePrefix = interfacePrefix
    }

    /// What the kernel takes and what nft and sysctl paths need no quoting for.
    static func isInterfaceName(_ name: String) -> Bool {
        (1...15).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    private static func flag(_ value: String, _ subject: String, _ key: String) throws(NetworkError) -> Bool {
        switch value.lowercased() {
        case "true", "1", "t": return true
        case "false", "0", "f": return false
        default: throw NetworkError(.invalid, subject, "\(key) \"\(value)\" has to be true or false")
        }
    }

    private static func check(
        _ valid: Bool, _ subject: String, _ key: String, _ value: String, _ right: String
    ) throws(NetworkError) {
        if !valid { throw NetworkError(.invalid, subject, "\(key) \"\(value)\" has to be \(right)") }
    }
}
