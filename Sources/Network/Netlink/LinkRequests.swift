public import Primitives

extension Request {
    /// A bridge without spanning tree, up. Its own address is given because otherwise it takes the lowest one of its
    /// ports and so changes as ports come and go.
    public static func addBridge(_ name: String, macAddress: MACAddress, group: UInt32, mtu: UInt32?) -> Request {
        Request("add bridge \(name)", type: MessageType.newLink, flags: acknowledged | create) { message in
            message.interfaceHeader(flags: interfaceUp, change: interfaceUp)
            message.attribute(LinkAttribute.name, name)
            message.attribute(LinkAttribute.address, macAddress.bytes)
            if let mtu { message.attribute(LinkAttribute.mtu, mtu) }
            message.attribute(LinkAttribute.group, group)
            message.nested(LinkAttribute.info) { $0.attribute(LinkAttribute.infoKind, Array("bridge".utf8)) }
        }
    }

    /// A veth pair: `name` here, up and port of the bridge `master`, the peer down in another namespace (it cannot be
    /// up before it has its other end).
    public static func addVeth(_ name: String, group: UInt32, mtu: UInt32, master: UInt32, peer: VethPeer) -> Request {
        Request("add veth \(name)", type: MessageType.newLink, flags: acknowledged | create) { message in
            message.interfaceHeader(flags: interfaceUp, change: interfaceUp)
            message.attribute(LinkAttribute.name, name)
            message.attribute(LinkAttribute.mtu, mtu)
            message.attribute(LinkAttribute.master, master)
            message.attribute(LinkAttribute.group, group)
            message.nested(LinkAttribute.info) { info in
                info.attribute(LinkAttribute.infoKind, Array("veth".utf8))
                info.nested(LinkAttribute.infoData) { data in
                    data.nested(LinkAttribute.vethPeer) { end in
                        end.interfaceHeader()
                        end.attribute(LinkAttribute.name, peer.name)
                        end.attribute(LinkAttribute.mtu, mtu)
                        end.attribute(LinkAttribute.address, peer.macAddress.bytes)
                        end.attribute(LinkAttribute.namespaceDescriptor, UInt32(bitPattern: peer.namespace))
                    }
                }
            }
        }
    }

    /// `hairpin`: frames may leave by the port they came in. `isolated`: not to other isolated ports.
    public static func setBridgePort(_ name: String, hairpin: Bool, isolated: Bool) -> Request {
        Request("set bridge port \(name)", type: MessageType.newLink, flags: acknowledged) { message in
            message.interfaceHeader()
            message.attribute(LinkAttribute.name, name)
            message.nested(LinkAttribute.info) { info in
                info.attribute(LinkAttribute.infoSlaveKind, Array("bridge".utf8))
                info.nested(LinkAttribute.infoSlaveData) { data in
                    data.attribute(LinkAttribute.bridgePortMode, [hairpin ? 1 : 0])
                    data.attribute(LinkAttribute.bridgePortIsolated, [isolated ? 1 : 0])
                }
            }
        }
    }

    /// Sets an interface up or down.
    public static func setLink(index: UInt32, up: Bool) -> Request {
        Request("set link \(index) \(up ? "up" : "down")", type: MessageType.setLink, flags: acknowledged) {
            $0.interfaceHeader(index: index, flags: up ? interfaceUp : 0, change: interfaceUp)
        }
    }

    /// Sets the largest packet, in bytes.
    public static func setLink(index: UInt32, mtu: UInt32) -> Request {
        Request("set link \(index) mtu \(mtu)", type: MessageType.setLink, flags: acknowledged) { message in
            message.interfaceHeader(index: index)
            message.attribute(LinkAttribute.mtu, mtu)
        }
    }

    /// Sets the Ethernet address.
    public static func setLink(index: UInt32, macAddress: MACAddress) -> Request {
        Request("set link \(index) address \(macAddress)", type: MessageType.setLink, flags: acknowledged) { message in
            message.interfaceHeader(index: index)
            message.attribute(LinkAttribute.address, macAddress.bytes)
        }
    }

    /// Renames an interface, which has to be down.
    public static func setLink(index: UInt32, name: String) -> Request {
        Request("rename link \(index) to \(name)", type: MessageType.setLink, flags: acknowledged) { message in
            message.interfaceHeader(index: index)
            message.attribute(LinkAttribute.name, name)
        }
    }

    /// Puts an interface into a group (IFLA_GROUP).
    public static func setLink(index: UInt32, group: UInt32) -> Request {
        Request("set link \(index) group \(group)", type: MessageType.setLink, flags: acknowledged) { message in
            message.interfaceHeader(index: index)
            message.attribute(LinkAttribute.group, group)
        }
    }

    /// `master` 0 takes the link out of its bridge.
    public static func setLink(index: UInt32, master: UInt32) -> Request {
        Request("set link \(index) master \(master)", type: MessageType.setLink, flags: acknowledged) { message in
            message.interfaceHeader(index: index)
            message.attribute(LinkAttribute.master, master)
        }
    }

    /// Moves an interface into the network namespace that the descriptor is of.
    public static func setLink(index: UInt32, namespace: Int32) -> Request {
        Request("move link \(index)", type: MessageType.setLink, flags: acknowledged) { message in
            message.interfaceHeader(index: index)
            message.attribute(LinkAttribute.namespaceDescriptor, UInt32(bitPattern: namespace))
        }
    }

    /// Deletes an interface (RTM_DELLINK).
    public static func deleteLink(index: UInt32) -> Request {
        Request("delete link \(index)", type: MessageType.deleteLink, flags: acknowledged) {
            $0.interfaceHeader(index: index)
        }
    }

    /// Deletes an interface (RTM_DELLINK).
    public static func deleteLink(name: String) -> Request {
        Request("delete link \(name)", type: MessageType.deleteLink, flags: acknowledged) { message in
            message.interfaceHeader()
            message.attribute(LinkAttribute.name, name)
        }
    }

    /// All links of a group (not 0) at once, for the price of one.
    public static func deleteLinks(group: UInt32) -> Request {
        Request("delete links of group \(group)", type: MessageType.deleteLink, flags: acknowledged) { message in
            message.interfaceHeader()
            message.attribute(LinkAttribute.group, group)
        }
    }

    static let acknowledged = MessageFlag.acknowledge
    static let create = MessageFlag.create | MessageFlag.exclusive
}

/// The end of a veth pair that goes into another network namespace.
public struct VethPeer: Sendable, Hashable {
    /// The interface's name, at most 15 bytes.
    public var name: String
    /// The interface's Ethernet address.
    public var macAddress: MACAddress
    /// A descriptor of the namespace.
    public var namespace: Int32

    public init(name: String, macAddress: MACAddress, namespace: Int32) {
        self.name = name
        self.macAddress = macAddress
        self.namespace = namespace
    }
}
