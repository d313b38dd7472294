/// An IPv6 address.
public struct IPv6Address: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// The first 64 bits, the first byte in the highest ones.
    public var high: UInt64
    /// The last 64 bits.
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// From 16 bytes in network order.
    public init?(bytes: some Sequence<UInt8>) {
        var halves: (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in bytes {
            if count < 8 { halves.0 = halves.0 << 8 | UInt64(byte) } else { halves.1 = halves.1 << 8 | UInt64(byte) }
            count += 1
        }
        guard count == 16 else { return nil }
        self.init(high: halves.0, low: halves.1)
    }

    /// The forms of RFC 4291 section 2.2, without a zone.
    public init?(_ text: String) {
        let gap: String = "::"
        var halves = text.split(separator: gap, omittingEmptySubsequences: false)
        guard halves.count <= 2, !text.isEmpty else { return nil }
        let open = halves.count == 2
        if !open { halves.append("") }
        guard let front = Self.groups(halves[0], mayEndInIPv4: !open),
            let back = Self.groups(halves[1], mayEndInIPv4: true)
        else { return nil }
        let missing = 8 - front.count - back.count
        guard open ? missing >= 1 : missing == 0 else { return nil }
        let all = front + [UInt16](repeating: 0, count: missing) + back
        self.init(
            high: all[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: all[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }

    private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, mayEndInIPv4, let address = IPv4Address(String(part)) {
                groups += [UInt16(address.bits >> 16), UInt16(address.bits & 0xFFFF)]
            } else if part.utf8.count <= 4, part.utf8.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16) {
                groups.append(group)
            } else {
                return nil
            }
        }
        return groups
    }

    /// In network order.
    public var bytes: [UInt8] {
        (0..<16).map { index in
            let half = index < 8 ? high : low
            return UInt8(truncatingIfNeeded: half >> UInt64(56 - index % 8 * 8))
        }
    }

    private var groups: [UInt16] {
        (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - $0 % 4 * 16)) }
    }

    /// The canonical form of RFC 5952.
    public var description: String {
        let groups = groups
        var longest = 0..<0
        var index = 0
        while index < 8 {
            let end = groups[index...].firstIndex { $0 != 0 } ?? 8
            if end - index > max(1, longest.count) { longest = index..<end }
            index = max(end, index + 1)
        }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }

    /// Whether it is `::1`, the only one.
    public var isLoopback: Bool { self == .loopback }
    /// Whether it is in fe80::/10, of this machine's own link, or an IPv4 address of that kind in ::ffff:0:0/96
    /// (RFC 4291, 2.5).
    public var isLinkLocal: Bool { high >> 54 == 0x3FA || high == 0 && low >> 16 == 0xFFFF_A9FE }
    /// Whether it is `::`.
    public var isUnspecified: Bool { self == .unspecified }

    /// `::`.
    public static let unspecified = IPv6Address(high: 0, low: 0)
    /// `::1`.
    public static let loopback = IPv6Address(high: 0, low: 1)

    public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// A range of IPv6 addresses in CIDR form.
public struct IPv6Subnet: Hashable, Sendable, LosslessStringConvertible {
    /// The first address; bits beyond the prefix are zero.
    public let network: IPv6Address
    /// 0 to 128.
    public let prefixLength: Int

    /// The range of this size that `address` is in.
    public init(_ address: IPv6Address, prefixLength: Int) {
        self.prefixLength = min(128, max(0, prefixLength))
        let mask = Self.mask(self.prefixLength)
        network = IPv6Address(high: address.high & mask.high, low: address.low & mask.low)
    }

    /// `ADDRESS/LENGTH`; bits beyond the prefix are cut off.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv6Address(String(parts[0])), let length = Int(digits: parts[1]),
            (0...128).contains(length)
        else { return nil }
        self.init(address, prefixLength: length)
    }

    private static func mask(_ length: Int) -> IPv6Address {
        func half(_ length: Int) -> UInt64 { length <= 0 ? 0 : ~UInt64(0) << UInt64(64 - min(64, length)) }
        return IPv6Address(high: half(length), low: half(length - 64))
    }

    public var description: String { "\(network)/\(prefixLength)" }

    /// Whether the address lies in the range.
    public func contains(_ address: IPv6Address) -> Bool {
        let mask = Self.mask(prefixLength)
        return address.high & mask.high == network.high && address.low & mask.low == network.low
    }

    /// Whether the ranges have an address in common.
    public func overlaps(_ other: IPv6Subnet) -> Bool { contains(other.network) || other.contains(network) }
}

extension IPv6Address: Codable {
    public init(from decoder: any Decoder) throws { self = try decodeText(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try encodeText(self, to: encoder) }
}

extension IPv6Subnet: Codable {
    public init(from decoder: any Decoder) throws { self = try decodeText(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try encodeText(self, to: encoder) }
}
