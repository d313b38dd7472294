internal import Primitives

/// What the table says to a question.
enum Answer: Equatable {
    case addresses([IPAddress])
    /// Name of an address.
    case name(String)
    /// The name exists, without records of this type.
    case empty
    case unknown
    /// Not ours to answer.
    case forward
}

/// Writes responses (RFC 1035 section 4.1).
enum ResponseWriter {
    /// Seconds. Containers move, and the server is near.
    static let timeToLive: UInt32 = 1
    private static let optionsLength = 11

    /// Writes the response to `query` and returns its length. Records that do not fit into `limit` are left out and
    /// the response is marked as truncated: the client comes again by TCP.
    ///
    /// - Parameters:
    ///   - message: the query's bytes.
    ///   - response: room for at least 512 bytes and the question.
    ///   - rotation: which of several addresses comes first.
    static func write(
        _ answer: Answer, code: ResponseCode = .noError, to query: Query, message: UnsafeRawBufferPointer,
        into response: UnsafeMutableRawBufferPointer, limit: Int, rotation: Int = 0
    ) -> Int {
        let limit = min(limit, response.count) - (query.hasOptions ? optionsLength : 0)
        UnsafeMutableRawBufferPointer(rebasing: response[..<query.questionEnd])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: message[..<query.questionEnd]))
        var position = query.questionEnd
        var count: UInt16 = 0
        var truncated = false
        switch answer {
        case .addresses(let addresses):
            records: for index in addresses.indices {
                let address = addresses[(index + rotation) % addresses.count]
                let length: Int = if case .v4 = address { 4 } else { 16 }
                guard position + 12 + length <= limit else {
                    truncated = true
                    break records
                }
                let type = length == 4 ? RecordType.a : RecordType.aaaa
                position = record(type, length: length, at: position, in: response)
                store(address, at: position, in: response)
                position += length
                count += 1
            }
        case .name(let name):
            let length = name.utf8.count + 2
            let fits = name.utf8.split(separator: UInt8(ascii: ".")).allSatisfy { $0.count < 64 }
            if fits, length <= 255, position + 12 + length <= limit {
                position = record(RecordType.pointer, length: length, at: position, in: response)
                position = storeName(name, at: position, in: response)
                count = 1
            }
        case .empty, .unknown, .forward:
            break
        }
        // Response, recursion available; opcode, recursion desired and checking disabled as asked.
        var flags = 0x8080 | query.flags & 0x7910
        if truncated { flags |= 0x0200 }
        header(query, flags: flags, code: code, count: count, in: response)
        return query.hasOptions ? options(at: position, in: response) : position
    }

    /// A header alone, for what could not be read.
    static func writeFailure(
        _ code: ResponseCode, message: UnsafeRawBufferPointer, into response: UnsafeMutableRawBufferPointer
    ) -> Int {
        response.copyBytes(from: message[..<2])
        put(0x8080 | message.number(at: 2) & 0x7910 | UInt16(code.rawValue), at: 2, in: response)
        for offset in 4..<Query.headerLength { response[offset] = 0 }
        return Query.headerLength
    }

    private static func header(
        _ query: Query, flags: UInt16, code: ResponseCode, count: UInt16, in response: UnsafeMutableRawBufferPointer
    ) {
        put(flags | UInt16(code.rawValue), at: 2, in: response)
        put(1, at: 4, in: response)
        put(count, at: 6, in: response)
        put(0, at: 8, in: response)
        put(query.hasOptions ? 1 : 0, at: 10, in: response)
    }

    /// A record's head: the question's name by reference, type, class, time to live, length of the data.
    private static func record(
        _ type: UInt16, length: Int, at position: Int, in response: UnsafeMutableRawBufferPointer
    ) -> Int {
        put(0xC000 | UInt16(Query.headerLength), at: position, in: response)
        put(type, at: position + 2, in: response)
        put(1, at: position + 4, in: response)
        put(0, at: position + 6, in: response)
        put(UInt16(timeToLive), at: position + 8, in: response)
        put(UInt16(length), at: position + 10, in: response)
        return position + 12
    }

    private static func options(at position: Int, in response: UnsafeMutableRawBufferPointer) -> Int {
        for offset in 0..<optionsLength { response[position + offset] = 0 }
        put(RecordType.options, at: position + 1, in: response)
        put(4096, at: position + 3, in: response)
        return position + optionsLength
    }

    private static func store(_ address: IPAddress, at position: Int, in response: UnsafeMutableRawBufferPointer) {
        switch address {
        case .v4(let v4):
            response.storeBytes(of: v4.bits.bigEndian, toByteOffset: position, as: UInt32.self)
        case .v6(let v6):
            response.storeBytes(of: v6.high.bigEndian, toByteOffset: position, as: UInt64.self)
            response.storeBytes(of: v6.low.bigEndian, toByteOffset: position + 8, as: UInt64.self)
        }
    }

    private static func storeName(_ name: String, at start: Int, in response: UnsafeMutableRawBufferPointer) -> Int {
        var position = start
        for label in name.utf8.split(separator: UInt8(ascii: ".")) {
            response[position] = UInt8(label.count)
            position += 1
            for byte in label {
                response[position] = byte
                position += 1
            }
        }
        response[position] = 0
        return position + 1
    }

    private static func put(_ number: UInt16, at offset: Int, in response: UnsafeMutableRawBufferPointer) {
        response[offset] = UInt8(number >> 8)
        response[offset + 1] = UInt8(truncatingIfNeeded: number)
    }
}
