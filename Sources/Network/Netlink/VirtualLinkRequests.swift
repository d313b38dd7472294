public import Primitives

/// An interface that hangs on another one, to be made in a network namespace of its own.
public struct UpperLink: Sendable, Hashable {
    /// Its name there, at most 15 bytes.
    public var name: String
    /// Number of the interface below, where the request is made.
    public var parent: UInt32
    /// Bytes; nil is that of the parent.
    public var mtu: UInt32?
    /// A descriptor of the namespace.
    public var namespace: Int32

    public init(name: String, parent: UInt32, mtu: UInt32?, namespace: Int32) {
        self.name = name
        self.parent = parent
        self.mtu = mtu
        self.namespace = namespace
    }
}

extension Request {
    /// A macvlan interface, down. nil: the kernel chooses its Ethernet address.
    public static func addMacvlan(_ link: UpperLink, mode: MacvlanMode, macAddress: MACAddress?) -> Request {
        upper(link, kind: "macvlan", macAddress: macAddress) { data in
            data.attribute(LinkAttribute.macvlanMode, mode.number)
        }
    }

    /// An ipvlan interface, down. It has the Ethernet address of the one below.
    public static func addIPvlan(_ link: UpperLink, mode: IPvlanMode, flag: IPvlanFlag) -> Request {
        upper(link, kind: "ipvlan", macAddress: nil) { data in
            data.attribute(LinkAttribute.ipvlanMode, mode.number)
            if flag != .bridge { data.attribute(LinkAttribute.ipvlanFlags, flag.number) }
        }
    }

    private static func upper(
        _ link: UpperLink, kind: String, macAddress: MACAddress?, _ data: (inout Payload) -> Void
    ) -> Request {
        Request("add \(kind) \(link.name)", type: MessageType.newLink, flags: acknowledged | create) { message in
            message.interfaceHeader()
            message.attribute(LinkAttribute.name, link.name)
            message.attribute(LinkAttribute.link, link.parent)
            if let mtu = link.mtu { message.attribute(LinkAttribute.mtu, mtu) }
            if let macAddress { message.attribute(LinkAttribute.address, macAddress.bytes) }
            message.attribute(LinkAttribute.namespaceDescriptor, UInt32(bitPattern: link.namespace))
            message.nested(LinkAttribute.info) { info in
                info.attribute(LinkAttribute.infoKind, Array(kind.utf8))
                info.nested(LinkAttribute.infoData, data)
            }
        }
    }

    /// The part of an interface's traffic that bears the number of a VLAN (IEEE 802.1Q), up.
    public static func addVLAN(_ name: String, parent: UInt32, id: UInt16, group: UInt32) -> Request {
        Request("add vlan \(name)", type: MessageType.newLink, flags: acknowledged | create) { message in
            message.interfaceHeader(flags: interfaceUp, change: interfaceUp)
            message.attribute(LinkAttribute.name, name)
            message.attribute(LinkAttribute.link, parent)
            message.attribute(LinkAttribute.group, group)
            message.nested(LinkAttribute.info) { info in
                info.attribute(LinkAttribute.infoKind, Array("vlan".utf8))
                info.nested(LinkAttribute.infoData) { $0.attribute(LinkAttribute.vlanID, id) }
            }
        }
    }

    /// An interface that leads nowhere, up.
    public static func addDummy(_ name: String, group: UInt32) -> Request {
        Request("add dummy \(name)", type: MessageType.newLink, flags: acknowledged | create) { message in
            message.interfaceHeader(flags: interfaceUp, change: interfaceUp)
            message.attribute(LinkAttribute.name, name)
            message.attribute(LinkAttribute.group, group)
            message.nested(LinkAttribute.info) { $0.attribute(LinkAttribute.infoKind, Array("dummy".utf8)) }
        }
    }
}

extension MacvlanMode {
    /// MACVLAN_MODE_… of `linux/if_link.h`.
    fileprivate var number: UInt32 {
        switch self {
        case .private: 1
        case .vepa: 2
        case .bridge: 4
        case .passthru: 8
        }
    }
}

extension IPvlanMode {
    /// IPVLAN_MODE_… of `linux/if_link.h`.
    fileprivate var number: UInt16 {
        switch self {
        case .l2: 0
        case .l3: 1
        case .l3s: 2
        }
    }
}

extension IPvlanFlag {
    /// IPVLAN_F_… of `linux/if_link.h`.
    fileprivate var number: UInt16 {
        switch self {
        case .bridge: 0
        case .private: 1
        case .vepa: 2
        }
    }
}
