internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The kernel's table of connections (ctnetlink: `linux/netfilter/nfnetlink_conntrack.h`).
public enum ConnectionTracking {
    /// Message types with the subsystem in the upper byte.
    private static let get: UInt16 = 0x101
    private static let delete: UInt16 = 0x102
    private static let originalTuple: UInt16 = 1
    private static let tupleProtocol: UInt16 = 2
    private static let protocolNumber: UInt16 = 1
    private static let destinationPort: UInt16 = 3
    private static let udp: UInt8 = 17

    /// Forgets UDP flows that were sent to one of `ports`, in the calling thread's network namespace. Does its
    /// best: without connection tracking there is nothing to forget.
    public static func forgetUDP(toPorts ports: Set<UInt16>) {
        // NETLINK_NETFILTER
        guard let session = try? NetlinkSession(family: 12) else { return }
        for family in [AddressFamily.inet, AddressFamily.inet6] { forget(ports, family, session) }
    }

    private static func forget(_ ports: Set<UInt16>, _ family: UInt8, _ session: NetlinkSession) {
        let list = Request("list connections", type: get, flags: MessageFlag.dump) { $0.netfilterHeader(family) }
        let tuples = try? session.dump(list) { reply -> [UInt8]? in
            // `struct nfgenmsg` comes first.
            guard let tuple = parseAttributes(reply.payload.dropFirst(4))[originalTuple],
                let transport = parseAttributes(tuple)[tupleProtocol].map({ parseAttributes($0) }),
                transport[protocolNumber]?.first == udp,
                let port = transport[destinationPort]?.number(at: 0, as: UInt16.self),
                ports.contains(UInt16(bigEndian: port))
            else { return nil }
            return Array(tuple)
        }
        let requests = (tuples ?? []).map { tuple in
            Request("forget connection", type: delete, flags: Request.acknowledged) { message in
                message.netfilterHeader(family)
                message.attribute(originalTuple | 0x8000, tuple)
            }
        }
        // A flow that is gone already is no failure.
        for start in stride(from: 0, to: requests.count, by: 64) {
            _ = try? session.performAll(Array(requests[start..<min(start + 64, requests.count)]))
        }
    }
}

extension Payload {
    /// `struct nfgenmsg`.
    fileprivate mutating func netfilterHeader(_ family: UInt8) {
        append(family)
        append(UInt8(0))
        append(UInt16(0))
    }
}
