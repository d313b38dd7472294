/// What makes a network (the Compose Specification's `driver`).
public enum NetworkDriver: String, Codable, Sendable, Hashable, CaseIterable {
    /// A bridge of the host's own, with packet rules.
    case bridge
    /// Interfaces with Ethernet addresses of their own beside that of the host's interface.
    case macvlan
    /// Interfaces that share the Ethernet address of the host's interface.
    case ipvlan
}

/// How interfaces on one parent see each other (`macvlan_mode`; ip-link(8)).
public enum MacvlanMode: String, Codable, Sendable, Hashable, CaseIterable {
    /// They talk to each other directly.
    case bridge
    /// Not at all.
    case `private`
    /// Through a switch outside that sends frames back.
    case vepa
    /// Only one interface, which has the parent for itself.
    case passthru
}

/// On which layer packets are passed on (`ipvlan_mode`; ip-link(8)).
public enum IPvlanMode: String, Codable, Sendable, Hashable, CaseIterable {
    /// As a switch does: with ARP, broadcasts and a gateway.
    case l2
    /// By address only: no ARP, no broadcasts, everything leaves through the parent.
    case l3
    /// As ``l3``, and packets pass the host's packet rules.
    case l3s
}

/// How interfaces on one parent see each other (`ipvlan_flag`; ip-link(8)).
public enum IPvlanFlag: String, Codable, Sendable, Hashable, CaseIterable {
    /// They talk to each other directly.
    case bridge
    /// Not at all.
    case `private`
    /// Through a switch outside that sends frames back.
    case vepa
}

/// How the outside reaches a bridge network's containers, and they the outside, in one family of addresses (Docker's
/// `gateway_mode_ipv4` and `gateway_mode_ipv6`).
public enum GatewayMode: String, Codable, Sendable, Hashable, CaseIterable {
    /// Outgoing packets get the host's address; published ports are ports of the host.
    case nat
    /// As ``nat``, and everybody who has a way to the containers' own addresses may take it.
    case natUnprotected = "nat-unprotected"
    /// Addresses stay as they are; published ports are reached at the container's own address.
    case routed
    /// The host itself has no address there. Only for internal networks.
    case isolated
}

/// Names of network interfaces.
public enum InterfaceName {
    /// What the kernel takes and what neither packet rules nor paths below `/proc/sys` have to quote: 1 to 15 bytes.
    public static func isValid(_ name: String) -> Bool {
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

    /// The two parts of a name such as `eth0.10`: the interface below and the VLAN's number, 1 to 4094. nil for others.
    public static func vlan(_ name: String) -> (parent: String, id: UInt16)? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = UInt16(digits: parts[1]), (1...4094).contains(id), isValid(String(parts[0]))
        else { return nil }
        return (String(parts[0]), id)
    }
}
