/// One request to the kernel, encoded but for its sequence number. See ``Request`` constants for what can be asked.
public struct Request: Sendable, Hashable {
    /// What it does, for error texts: `add veth cv-1`.
    public let purpose: String
    /// Header and payload, padded to four bytes; bytes 8 to 11 hold the sequence number.
    var bytes: [UInt8]

    init(_ purpose: String, type: UInt16, flags: UInt16, _ body: (inout Payload) -> Void) {
        self.purpose = purpose
        var payload = Payload()
        payload.append(UInt32(0))
        payload.append(type)
        payload.append(flags | MessageFlag.request)
        payload.append(UInt32(0))
        // Port 0: the kernel fills in that of the socket.
        payload.append(UInt32(0))
        body(&payload)
        payload.store(UInt32(payload.bytes.count), at: 0)
        bytes = payload.bytes
    }

    mutating func setSequence(_ number: UInt32) {
        withUnsafeBytes(of: number) { bytes.replaceSubrange(8..<12, with: $0) }
    }
}

/// Bytes of a message in the making: fixed headers, then attributes, all in host byte order.
struct Payload {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    mutating func store(_ number: some FixedWidthInteger, at offset: Int) {
        withUnsafeBytes(of: number) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }

    /// `struct ifinfomsg`.
    mutating func interfaceHeader(family: UInt8 = 0, index: UInt32 = 0, flags: UInt32 = 0, change: UInt32 = 0) {
        append(family)
        append(UInt8(0))
        append(UInt16(0))
        append(index)
        append(flags)
        append(change)
    }

    mutating func attribute(_ type: UInt16, _ value: some Sequence<UInt8>) {
        let start = bytes.count
        append(UInt16(0))
        append(type)
        bytes.append(contentsOf: value)
        // The length does not count the padding.
        store(UInt16(bytes.count - start), at: start)
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    mutating func attribute(_ type: UInt16, _ number: UInt32) {
        withUnsafeBytes(of: number) { attribute(type, $0) }
    }

    mutating func attribute(_ type: UInt16, _ number: UInt16) {
        withUnsafeBytes(of: number) { attribute(type, $0) }
    }

    /// A string with its terminating zero.
    mutating func attribute(_ type: UInt16, _ text: String) {
        attribute(type, Array(text.utf8) + [0])
    }

    mutating func nested(_ type: UInt16, _ body: (inout Payload) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        // NLA_F_NESTED
        append(type | 0x8000)
        body(&self)
        store(UInt16(bytes.count - start), at: start)
    }
}

/// One message from the kernel.
struct Reply {
    var type: UInt16
    var flags: UInt16
    var sequence: UInt32
    /// What follows the 16 bytes of header.
    var payload: ArraySlice<UInt8>

    /// The messages in a datagram; what is cut off at the end is left out.
    static func parse(_ datagram: [UInt8]) -> [Reply] {
        var replies: [Reply] = []
        var rest = datagram[...]
        while let length = rest.number(at: 0, as: UInt32.self).map(Int.init), length >= 16, length <= rest.count,
            let type = rest.number(at: 4, as: UInt16.self), let flags = rest.number(at: 6, as: UInt16.self),
            let sequence = rest.number(at: 8, as: UInt32.self)
        {
            let payload = rest.dropFirst(16).prefix(length - 16)
            replies.append(Reply(type: type, flags: flags, sequence: sequence, payload: payload))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return replies
    }
}

/// The attributes in a run of them by type; the last one of a type wins, a broken one ends the run.
func parseAttributes(_ bytes: ArraySlice<UInt8>) -> [UInt16: ArraySlice<UInt8>] {
    var attributes: [UInt16: ArraySlice<UInt8>] = [:]
    var rest = bytes
    while let length = rest.number(at: 0, as: UInt16.self).map(Int.init), length >= 4, length <= rest.count,
        let type = rest.number(at: 2, as: UInt16.self)
    {
        // The two highest bits are flags.
        attributes[type & 0x3FFF] = rest.dropFirst(4).prefix(length - 4)
        rest = rest.dropFirst((length + 3) & ~3)
    }
    return attributes
}

extension ArraySlice<UInt8> {
    /// The number `offset` bytes after the start, in host byte order; nil beyond the end.
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number? {
        guard offset >= 0, count - offset >= MemoryLayout<Number>.size else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }

    /// The text before the first zero.
    var text: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
