/// An IPv4 address.
public struct IPv4Address: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// The address as a number in host byte order: 10.0.0.1 is 0x0A000001.
    public var bits: UInt32

    public init(bits: UInt32) {
        self.bits = bits
    }

    /// Four decimal numbers without leading zeros, as inet_pton(3) takes them.
    public init?(_ text: String) {
        var bits: UInt32 = 0
        var parts = 0
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let byte = UInt8(part), String(byte) == part else { return nil }
            bits = bits << 8 | UInt32(byte)
            parts += 1
        }
        guard parts == 4 else { return nil }
        self.bits = bits
    }

    /// From four bytes in network order.
    public init?(bytes: some Sequence<UInt8>) {
        var count = 0
        var bits: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
        }
        guard count == 4 else { return nil }
        self.bits = bits
    }

    /// In network order.
    public var bytes: [UInt8] {
        [
            UInt8(bits >> 24), UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
            UInt8(truncatingIfNeeded: bits),
        ]
    }

    public var description: String {
        "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
    }

    /// Whether it is in 127.0.0.0/8.
    public var isLoopback: Bool { bits >> 24 == 127 }
    /// Whether it is in 169.254.0.0/16, of this machine's own link (RFC 3927).
    public var isLinkLocal: Bool { bits >> 16 == 0xA9FE }
    /// Whether it is `0.0.0.0`.
    public var isUnspecified: Bool { bits == 0 }

    /// `0.0.0.0`.
    public static let unspecified = IPv4Address(bits: 0)
    /// `127.0.0.1`.
    public static let loopback = IPv4Address(bits: 0x7F00_0001)

    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.bits < right.bits }
}

/// A range of IPv4 addresses in CIDR form.
public struct IPv4Subnet: Hashable, Sendable, LosslessStringConvertible {
    /// The first address; bits beyond the prefix are zero.
    public let network: IPv4Address
    /// 0 to 32.
    public let prefixLength: Int

    /// The range of this size that `address` is in.
    public init(_ address: IPv4Address, prefixLength: Int) {
        self.prefixLength = min(32, max(0, prefixLength))
        network = IPv4Address(bits: address.bits & Self.mask(self.prefixLength))
    }

    /// `ADDRESS/LENGTH`; bits beyond the prefix are cut off.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(String(parts[0])), let length = Int(digits: parts[1]),
            (0...32).contains(length)
        else { return nil }
        self.init(address, prefixLength: length)
    }

    private static func mask(_ length: Int) -> UInt32 { length == 0 ? 0 : ~UInt32(0) << UInt32(32 - length) }

    /// The last address.
    public var broadcast: IPv4Address { IPv4Address(bits: network.bits | ~Self.mask(prefixLength)) }

    public var description: String { "\(network)/\(prefixLength)" }

    /// Whether the address lies in the range.
    public func contains(_ address: IPv4Address) -> Bool {
        address.bits & Self.mask(prefixLength) == network.bits
    }

    /// Whether all of the other range lies in this one.
    public func contains(_ other: IPv4Subnet) -> Bool {
        other.prefixLength >= prefixLength && contains(other.network)
    }

    /// Whether the ranges have an address in common.
    public func overlaps(_ other: IPv4Subnet) -> Bool {
        contains(other.network) || other.contains(network)
    }
}

extension IPv4Address: Codable {
    public init(from decoder: any Decoder) throws { self = try decodeText(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try encodeText(self, to: encoder) }
}

extension IPv4Subnet: Codable {
    public init(from decoder: any Decoder) throws { self = try decodeText(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try encodeText(self, to: encoder) }
}

/// Decodes a value from its text form.
func decodeText<Value: LosslessStringConvertible>(from decoder: any Decoder) throws -> Value {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Value(text) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a valid \(Value.self): \(text)")
    }
    return value
}

func encodeText(_ value: some LosslessStringConvertible, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value.description)
}
