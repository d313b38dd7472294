/// Response codes (RFC 1035 section 4.1.1).
enum ResponseCode: UInt8 {
    case noError = 0
    case formatError = 1
    case serverFailure = 2
    case nameError = 3
    case notImplemented = 4
    case refused = 5
}

enum RecordType {
    static let a: UInt16 = 1
    static let pointer: UInt16 = 12
    static let aaaa: UInt16 = 28
    static let options: UInt16 = 41
    static let any: UInt16 = 255
}

/// A question as it came from a container (RFC 1035 section 4).
struct Query {
    enum Failure: Error {
        /// Not even a header, or a response: no answer is right.
        case ignored
        case answered(ResponseCode)
    }

    static let headerLength = 12

    var id: UInt16
    /// The second 16 bits of the header.
    var flags: UInt16
    /// Lower case, without the final dot; empty for the root, or when a label holds what no name of ours can.
    var name: String
    var type: UInt16
    /// 1 is the internet.
    var recordClass: UInt16
    /// Where the question ends in the message.
    var questionEnd: Int
    /// The longest UDP answer that the client takes: 512, or as its EDNS record says (RFC 6891).
    var maximumLength: Int
    var hasOptions: Bool

    /// Reads a message. Never traps, whatever the bytes; names may not be compressed in a question.
    init(_ message: UnsafeRawBufferPointer) throws(Failure) {
        guard message.count >= Self.headerLength, message.count <= 65535 else { throw .ignored }
        id = message.number(at: 0)
        flags = message.number(at: 2)
        if flags & 0x8000 != 0 { throw .ignored }
        if flags >> 11 & 15 != 0 { throw .answered(.notImplemented) }
        guard message.number(at: 4) == 1 else { throw .answered(.formatError) }
        let name = try Self.name(in: message)
        self.name = name.text
        guard name.end + 4 <= message.count else { throw .answered(.formatError) }
        type = message.number(at: name.end)
        recordClass = message.number(at: name.end + 2)
        questionEnd = name.end + 4
        hasOptions = false
        maximumLength = 512
        // An OPT record is the only addition that clients send; it has the root as its name.
        let additional = Int(message.number(at: 6)) + Int(message.number(at: 8)) + Int(message.number(at: 10))
        if additional == 1, message.number(at: 10) == 1, questionEnd + 11 <= message.count,
            message[questionEnd] == 0, message.number(at: questionEnd + 1) == RecordType.options
        {
            hasOptions = true
            maximumLength = max(512, min(4096, Int(message.number(at: questionEnd + 3))))
        }
    }

    private static func name(in message: UnsafeRawBufferPointer) throws(Failure) -> (text: String, end: Int) {
        var position = headerLength
        var plain = true
        // At most 255 bytes, so that the text has room in a fixed buffer.
        while true {
            guard position < message.count else { throw .answered(.formatError) }
            let length = Int(message[position])
            if length == 0 { break }
            guard length < 64, position + 1 + length < message.count, position + length - headerLength < 254 else {
                throw .answered(.formatError)
            }
            for byte in message[position + 1...position + length] where byte == UInt8(ascii: ".") || byte >= 0x80 {
                plain = false
            }
            position += 1 + length
        }
        let end = position + 1
        guard plain, position > headerLength else { return ("", end) }
        let text = String(unsafeUninitializedCapacity: position - headerLength - 1) { text in
            var next = headerLength
            var count = 0
            while next < position {
                let length = Int(message[next])
                if count > 0 {
                    text[count] = UInt8(ascii: ".")
                    count += 1
                }
                for byte in message[next + 1...next + length] {
                    text[count] = byte &- 65 < 26 ? byte | 0x20 : byte
                    count += 1
                }
                next += 1 + length
            }
            return count
        }
        return (text, end)
    }
}

extension UnsafeRawBufferPointer {
    /// A number in network order. The caller has checked that it is within the buffer.
    func number(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }
}
