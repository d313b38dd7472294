import Primitives
import Testing

@testable import DNS

/// A query with recursion desired; `options` adds an EDNS record for answers of 1232 bytes.
func query(_ name: String, type: UInt16, options: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = [0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, options ? 1 : 0]
    for label in name.split(separator: ".") { bytes += [UInt8(label.utf8.count)] + Array(label.utf8) }
    bytes += [0, UInt8(type >> 8), UInt8(type & 255), 0, 1]
    if options { bytes += [0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0] }
    return bytes
}

private func respond(_ answer: Answer, code: ResponseCode = .noError, to bytes: [UInt8], limit: Int? = nil) throws
    -> [UInt8]
{
    var response = [UInt8](repeating: 0, count: 4096)
    let length = try bytes.withUnsafeBytes { message in
        let query = try Query(message)
        return response.withUnsafeMutableBytes {
            ResponseWriter.write(
                answer, code: code, to: query, message: message, into: $0, limit: limit ?? query.maximumLength)
        }
    }
    return Array(response[..<length])
}

struct MessageTests {
    @Test func questionIsRead() throws {
        let parsed = try query("WEB.Example", type: 1, options: true).withUnsafeBytes { try Query($0) }
        #expect(parsed.name == "web.example")
        #expect(parsed.type == 1)
        #expect(parsed.maximumLength == 1232)
        #expect(parsed.questionEnd == 29)
    }

    @Test func addressAnswerByteForByte() throws {
        let request = query("db", type: 1)
        let response = try respond(.addresses([.v4(IPv4Address("10.0.0.2")!)]), to: request)
        let expected: [UInt8] =
            [0xAB, 0xCD, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + request[12...]
            + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 10, 0, 0, 2]
        #expect(response == expected)
    }

    @Test func unknownNameAndOptions() throws {
        let response = try respond(.unknown, code: .nameError, to: query("db", type: 1, options: true))
        #expect(response[3] == 0x83)
        #expect(Array(response[6..<12]) == [0, 0, 0, 0, 0, 1])
        #expect(Array(response.suffix(11)) == [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func tooManyAddressesAreTruncated() throws {
        let addresses = (0..<60).map { IPAddress.v4(IPv4Address(bits: 0x0A00_0000 + UInt32($0))) }
        let response = try respond(.addresses(addresses), to: query("db", type: 1))
        #expect(response.count <= 512)
        #expect(response[2] & 2 == 2)
        let whole = try respond(.addresses(addresses), to: query("db", type: 1), limit: 4096)
        #expect(whole[7] == 60)
        #expect(whole[2] & 2 == 0)
    }

    @Test func pointerAnswer() throws {
        let response = try respond(.name("p-web-1.net"), to: query("2.0.0.10.in-addr.arpa", type: 12))
        #expect(String(decoding: response.suffix(13), as: UTF8.self) == "\u{7}p-web-1\u{3}net\0")
    }

    @Test func brokenMessagesAreRefusedNotFollowed() {
        func code(_ bytes: [UInt8]) -> ResponseCode? {
            do {
                _ = try bytes.withUnsafeBytes { try Query($0) }
                return nil
            } catch Query.Failure.answered(let code) {
                return code
            } catch {
                return nil
            }
        }
        // A compressed name that points at itself; a label past the end; two questions; another opcode.
        #expect(code([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1]) == .formatError)
        #expect(code([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, 97]) == .formatError)
        #expect(code([0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]) == .formatError)
        #expect(code([0, 1, 0x10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]) == .notImplemented)
        let long = query((0..<5).map { _ in String(repeating: "a", count: 63) }.joined(separator: "."), type: 1)
        #expect(code(long) == .formatError)
    }

    @Test func anyBytesAreSafe() {
        var generator = SystemRandomNumberGenerator()
        let seed = query("web.example.org", type: 1, options: true)
        var parsed = 0
        for _ in 0..<20000 {
            var bytes = Array(seed.prefix(Int.random(in: 0...seed.count, using: &generator)))
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if (try? respond(.unknown, to: bytes)) != nil { parsed += 1 }
        }
        #expect(parsed > 0)
    }
}
