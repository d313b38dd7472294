public import Primitives

/// A network interface as the kernel describes it.
public struct Link: Sendable, Hashable {
    /// The interface's number in its network namespace.
    public var index: UInt32
    /// The interface's name.
    public var name: String
    /// `bridge`, `veth`, `dummy` …; nil for hardware and `lo`.
    public var kind: String?
    /// nil for interfaces without one.
    public var macAddress: MACAddress?
    /// The largest packet, in bytes.
    public var mtu: UInt32
    /// Index of the bridge that this is a port of.
    public var master: UInt32?
    /// Index of the interface below; of a veth's end that of the other one, in the namespace where that is (IFLA_LINK).
    public var lower: UInt32?
    /// The interface's group (IFLA_GROUP).
    public var group: UInt32
    /// Whether it was set up (IFF_UP).
    public var isUp: Bool

    init?(_ reply: Reply) {
        guard reply.type == MessageType.newLink, let index = reply.payload.number(at: 4, as: UInt32.self),
            let flags = reply.payload.number(at: 8, as: UInt32.self)
        else { return nil }
        let attributes = parseAttributes(reply.payload.dropFirst(16))
        guard let name = attributes[LinkAttribute.name] else { return nil }
        self.index = index
        self.name = name.text
        kind = attributes[LinkAttribute.info].flatMap { parseAttributes($0)[LinkAttribute.infoKind]?.text }
        macAddress = attributes[LinkAttribute.address].flatMap { bytes in
            bytes.count == 6 ? MACAddress(bits: bytes.reduce(0) { $0 << 8 | UInt64($1) }) : nil
        }
        mtu = attributes[LinkAttribute.mtu]?.number(at: 0, as: UInt32.self) ?? 0
        master = attributes[LinkAttribute.master]?.number(at: 0, as: UInt32.self)
        lower = attributes[LinkAttribute.link]?.number(at: 0, as: UInt32.self)
        group = attributes[LinkAttribute.group]?.number(at: 0, as: UInt32.self) ?? 0
        isUp = flags & interfaceUp != 0
    }
}

/// An address of an interface.
public struct InterfaceAddress: Sendable, Hashable {
    /// The number of the interface that has it.
    public var interface: UInt32
    /// The address itself.
    public var address: IPAddress
    /// Of the range that is reached through the interface.
    public var prefixLength: Int

    init?(_ reply: Reply) {
        guard reply.type == MessageType.newAddress, let index = reply.payload.number(at: 4, as: UInt32.self),
            let length = reply.payload.number(at: 1, as: UInt8.self)
        else { return nil }
        let attributes = parseAttributes(reply.payload.dropFirst(8))
        guard let bytes = attributes[AddressAttribute.local] ?? attributes[AddressAttribute.address],
            let address = IPv4Address(bytes: bytes).map({ IPAddress.v4($0) })
                ?? IPv6Address(bytes: bytes).map({ IPAddress.v6($0) })
        else { return nil }
        interface = index
        self.address = address
        prefixLength = Int(length)
    }
}

/// An IPv4 route of any table but the local one.
public struct Route: Sendable, Hashable {
    /// `0.0.0.0/0` for a default route.
    public var destination: IPv4Subnet
    /// nil for a range that is reached directly.
    public var gateway: IPv4Address?
    /// The interface that it goes through.
    public var interface: UInt32?
    /// The route with the lowest is taken.
    public var metric: UInt32

    init?(_ reply: Reply) {
        guard reply.type == MessageType.newRoute, let length = reply.payload.number(at: 1, as: UInt8.self),
            reply.payload.number(at: 0, as: UInt8.self) == AddressFamily.inet,
            let shortTable = reply.payload.number(at: 4, as: UInt8.self)
        else { return nil }
        let attributes = parseAttributes(reply.payload.dropFirst(12))
        // Table 255 holds the host's own and broadcast addresses.
        let table = attributes[RouteAttribute.table]?.number(at: 0, as: UInt32.self) ?? UInt32(shortTable)
        guard table != 255 else { return nil }
        let address = attributes[RouteAttribute.destination].flatMap { IPv4Address(bytes: $0) } ?? .unspecified
        destination = IPv4Subnet(address, prefixLength: Int(length))
        gateway = attributes[RouteAttribute.gateway].flatMap { IPv4Address(bytes: $0) }
        interface = attributes[RouteAttribute.outputInterface]?.number(at: 0, as: UInt32.self)
        metric = attributes[RouteAttribute.priority]?.number(at: 0, as: UInt32.self) ?? 0
    }
}
