/// Collects text and hands it on in pieces.
struct TextPieces {
    private static let size = 1 << 16

    private let doublingDollars: Bool
    private let sink: (UnsafeRawBufferPointer) -> Void
    private var bytes: [UInt8] = []

    init(doublingDollars: Bool, sink: @escaping (UnsafeRawBufferPointer) -> Void) {
        self.doublingDollars = doublingDollars
        self.sink = sink
        bytes.reserveCapacity(Self.size + 4096)
    }

    mutating func append(_ text: String) {
        if doublingDollars, text.utf8.contains(UInt8(ascii: "$")) {
            for byte in text.utf8 {
                bytes.append(byte)
                if byte == UInt8(ascii: "$") { bytes.append(byte) }
            }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        if bytes.count >= Self.size { flush() }
    }

    mutating func append(_ text: some Collection<UInt8>) {
        if doublingDollars {
            for byte in text {
                bytes.append(byte)
                if byte == UInt8(ascii: "$") { bytes.append(byte) }
            }
        } else {
            bytes.append(contentsOf: text)
        }
        if bytes.count >= Self.size { flush() }
    }

    mutating func flush() {
        bytes.withUnsafeBytes { sink($0) }
        bytes.removeAll(keepingCapacity: true)
    }
}
