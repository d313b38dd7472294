import Testing

@testable import Compression

struct DeflateTests {
    private let text = (0..<20_000).flatMap { Array("line \($0)\n".utf8) }

    private func inflated(_ packed: [UInt8], pieces: Int) throws -> [UInt8] {
        var inflater = try Inflater()
        var all: [UInt8] = []
        var output = [UInt8](repeating: 0, count: 1000)
        var place = 0
        while !inflater.isFinished {
            let input = packed[place..<min(packed.count, place + pieces)]
            let (read, written) = try output.withUnsafeMutableBytes { try inflater.next(input, into: $0) }
            all += output[..<written]
            place += read
            if read == 0 && written == 0 { break }
        }
        return all
    }

    @Test(arguments: [CompressionFormat.gzip, .zlib])
    func whatWasPackedComesBackInPiecesOfAnySize(format: CompressionFormat) throws {
        for level in [-1, 0, 1, 9] {
            let packed = try Deflater.compress(text, format, level: level)
            #expect(level == 0 || packed.count < text.count / 2)
            for pieces in [1, 777, packed.count] {
                let unpacked = try inflated(packed, pieces: pieces)
                #expect(unpacked == text)
            }
        }
    }

    @Test func theFramesAreThoseOfTheirFormats() throws {
        #expect(try Deflater.compress([], .gzip).prefix(3) == [0x1f, 0x8b, 8])
        #expect(try Deflater.compress([], .zlib).first == 0x78)
        #expect(try inflated(Deflater.compress([], .gzip), pieces: 100) == [])
    }

    @Test func damageIsAnError() throws {
        var packed = try Deflater.compress(text, .gzip)
        packed[packed.count / 2] ^= 0xff
        #expect(throws: CompressionError.self) { try inflated(packed, pieces: 4096) }
        #expect(throws: CompressionError.self) { try inflated(Array("no gzip at all".utf8), pieces: 4096) }
    }
}
