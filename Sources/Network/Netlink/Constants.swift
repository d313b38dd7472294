/// Numbers of rtnetlink(7), from `linux/netlink.h`, `linux/rtnetlink.h`, `linux/if_link.h` and `linux/veth.h`.
enum MessageType {
    static let error: UInt16 = 2
    static let done: UInt16 = 3
    static let newLink: UInt16 = 16
    static let deleteLink: UInt16 = 17
    static let getLink: UInt16 = 18
    static let setLink: UInt16 = 19
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let getAddress: UInt16 = 22
    static let newRoute: UInt16 = 24
    static let deleteRoute: UInt16 = 25
    static let getRoute: UInt16 = 26
}

enum MessageFlag {
    static let request: UInt16 = 0x001
    static let multipart: UInt16 = 0x002
    static let acknowledge: UInt16 = 0x004
    static let dumpInterrupted: UInt16 = 0x010
    static let replace: UInt16 = 0x100
    static let exclusive: UInt16 = 0x200
    static let dump: UInt16 = 0x300
    static let create: UInt16 = 0x400
    /// In an acknowledgement: only the request's header is repeated.
    static let capped: UInt16 = 0x100
    /// In an acknowledgement: attributes follow.
    static let acknowledgeAttributes: UInt16 = 0x200
}

enum LinkAttribute {
    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    /// The interface below, of a VLAN or macvlan; of a veth the other end, as numbered where that is.
    static let link: UInt16 = 5
    static let master: UInt16 = 10
    static let info: UInt16 = 18
    static let group: UInt16 = 27
    static let namespaceDescriptor: UInt16 = 28
    static let infoKind: UInt16 = 1
    static let infoData: UInt16 = 2
    static let infoSlaveKind: UInt16 = 4
    static let infoSlaveData: UInt16 = 5
    static let vethPeer: UInt16 = 1
    static let macvlanMode: UInt16 = 1
    static let ipvlanMode: UInt16 = 1
    static let ipvlanFlags: UInt16 = 2
    static let vlanID: UInt16 = 1
    static let bridgePortMode: UInt16 = 4
    static let bridgePortIsolated: UInt16 = 33
}

enum AddressAttribute {
    static let address: UInt16 = 1
    static let local: UInt16 = 2
    static let broadcast: UInt16 = 4
    static let flags: UInt16 = 8
}

enum RouteAttribute {
    static let destination: UInt16 = 1
    static let outputInterface: UInt16 = 4
    static let gateway: UInt16 = 5
    static let priority: UInt16 = 6
    static let table: UInt16 = 15
}

enum AddressFamily {
    static let unspecified: UInt8 = 0
    static let inet: UInt8 = 2
    static let inet6: UInt8 = 10
}

/// IFF_UP of netdevice(7).
let interfaceUp: UInt32 = 1
/// IFA_F_NODAD: no duplicate address detection, the address is usable at once.
let addressWithoutDetection: UInt32 = 2
