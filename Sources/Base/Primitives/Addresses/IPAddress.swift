/// An address of either family.
public enum IPAddress: Hashable, Sendable, LosslessStringConvertible {
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// Reads an address of either family; nil if it is none.
    public init?(_ text: String) {
        if let address = IPv4Address(text) {
            self = .v4(address)
        } else if let address = IPv6Address(text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }

    /// In network order, 4 or 16.
    public var bytes: [UInt8] {
        switch self {
        case .v4(let address): address.bytes
        case .v6(let address): address.bytes
        }
    }

    /// As it stands before a colon and a port: `10.0.0.1`, `[::1]`.
    public var bracketed: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): "[\(address)]"
        }
    }

    /// Whether only machines on the same link have it, such as the metadata servers of clouds.
    public var isLinkLocal: Bool {
        switch self {
        case .v4(let address): address.isLinkLocal
        case .v6(let address): address.isLinkLocal
        }
    }

    /// Whether it is `0.0.0.0` or `::`, all addresses of the family to a socket that is bound.
    public var isUnspecified: Bool {
        switch self {
        case .v4(let address): address.isUnspecified
        case .v6(let address): address.isUnspecified
        }
    }
}

extension IPAddress: Codable {
    public init(from decoder: any Decoder) throws { self = try decodeText(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try encodeText(self, to: encoder) }
}

/// An Ethernet address.
public struct MACAddress: Hashable, Sendable, LosslessStringConvertible {
    /// The 48 bits, first byte highest.
    public var bits: UInt64

    /// Bits beyond the 48 are cut off.
    public init(bits: UInt64) {
        self.bits = bits & 0xFFFF_FFFF_FFFF
    }

    /// Six pairs of hexadecimal digits, parted by `:` or `-`.
    public init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        guard parts.count == 6 else { return nil }
        var bits: UInt64 = 0
        for part in parts {
            guard part.utf8.count == 2, part.utf8.allSatisfy(\.isHexDigit), let byte = UInt8(part, radix: 16) else {
                return nil
            }
            bits = bits << 8 | UInt64(byte)
        }
        self.init(bits: bits)
    }

    /// Six of them, in the order in which they are written and sent.
    public var bytes: [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: bits >> UInt64(40 - $0 * 8)) }
    }

    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension MACAddress: Codable {
    public init(from decoder: any Decoder) throws { self = try decodeText(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try encodeText(self, to: encoder) }
}
