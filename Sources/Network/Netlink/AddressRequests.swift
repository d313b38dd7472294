public import Primitives

extension Request {
    /// Adds an address, or changes its prefix length; IPv6 ones are usable at once (no duplicate address detection).
    public static func addAddress(_ address: IPAddress, prefixLength: Int, interface index: UInt32) -> Request {
        Request(
            "add address \(address)/\(prefixLength)", type: MessageType.newAddress,
            flags: acknowledged | MessageFlag.create | MessageFlag.replace
        ) { message in
            message.addressHeader(address, prefixLength: prefixLength, index: index)
            message.attribute(AddressAttribute.local, address.bytes)
            message.attribute(AddressAttribute.address, address.bytes)
            switch address {
            case .v4(let v4):
                let broadcast = IPv4Subnet(v4, prefixLength: prefixLength).broadcast
                if prefixLength < 31 { message.attribute(AddressAttribute.broadcast, broadcast.bytes) }
            case .v6:
                message.attribute(AddressAttribute.flags, addressWithoutDetection)
            }
        }
    }

    /// Takes an address from an interface (RTM_DELADDR).
    public static func deleteAddress(_ address: IPAddress, prefixLength: Int, interface index: UInt32) -> Request {
        Request("delete address \(address)/\(prefixLength)", type: MessageType.deleteAddress, flags: acknowledged) {
            $0.addressHeader(address, prefixLength: prefixLength, index: index)
            $0.attribute(AddressAttribute.local, address.bytes)
        }
    }

    /// Adds or replaces the default route of the gateway's family.
    public static func setDefaultRoute(gateway: IPAddress, interface index: UInt32) -> Request {
        Request(
            "add default route via \(gateway)", type: MessageType.newRoute,
            flags: acknowledged | MessageFlag.create | MessageFlag.replace
        ) { message in
            message.routeHeader(gateway.family, protocolNumber: 3, scope: 0, kind: 1)
            message.attribute(RouteAttribute.gateway, gateway.bytes)
            message.attribute(RouteAttribute.outputInterface, index)
        }
    }

    /// Adds or replaces a default route that needs no gateway: everything is reached through the interface.
    public static func setDefaultRoute(interface index: UInt32, isIPv6: Bool) -> Request {
        Request(
            "add default route through link \(index)", type: MessageType.newRoute,
            flags: acknowledged | MessageFlag.create | MessageFlag.replace
        ) { message in
            // RT_SCOPE_LINK; IPv6 knows no scopes.
            message.routeHeader(
                isIPv6 ? AddressFamily.inet6 : AddressFamily.inet, protocolNumber: 3, scope: isIPv6 ? 0 : 253, kind: 1)
            message.attribute(RouteAttribute.outputInterface, index)
        }
    }

    static let dumpLinks = Request("list links", type: MessageType.getLink, flags: MessageFlag.dump) {
        $0.interfaceHeader()
    }

    static func getLink(name: String) -> Request {
        Request("find link \(name)", type: MessageType.getLink, flags: 0) { message in
            message.interfaceHeader()
            message.attribute(LinkAttribute.name, name)
        }
    }

    /// Addresses of both families.
    static let dumpAddresses = Request("list addresses", type: MessageType.getAddress, flags: MessageFlag.dump) {
        $0.append(AddressFamily.unspecified)
        $0.append(UInt8(0))
        $0.append(UInt16(0))
        $0.append(UInt32(0))
    }

    /// IPv4 routes of all tables.
    static let dumpRoutes = Request("list routes", type: MessageType.getRoute, flags: MessageFlag.dump) {
        $0.routeHeader(AddressFamily.inet, protocolNumber: 0, scope: 0, kind: 0, table: 0)
    }
}

extension Payload {
    /// `struct ifaddrmsg`.
    fileprivate mutating func addressHeader(_ address: IPAddress, prefixLength: Int, index: UInt32) {
        append(address.family)
        append(UInt8(prefixLength))
        append(UInt8(0))
        append(UInt8(0))
        append(index)
    }

    /// `struct rtmsg`; table 254 is the main one.
    fileprivate mutating func routeHeader(
        _ family: UInt8, protocolNumber: UInt8, scope: UInt8, kind: UInt8, table: UInt8 = 254
    ) {
        for byte in [family, 0, 0, 0, table, protocolNumber, scope, kind] { append(byte) }
        append(UInt32(0))
    }
}

extension IPAddress {
    var family: UInt8 {
        switch self {
        case .v4: AddressFamily.inet
        case .v6: AddressFamily.inet6
        }
    }
}
