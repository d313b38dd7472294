/// Base64 (RFC 4648, section 4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// With padding, on one line.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                for shift in [18, 12, 6, 0] { result.append(alphabet[Int(bits >> shift & 63)]) }
                (bits, count) = (0, 0)
            }
        }
        if count > 0 {
            bits <<= count == 1 ? 16 : 8
            for shift in [18, 12, 6, 0].prefix(count + 1) { result.append(alphabet[Int(bits >> shift & 63)]) }
            result += [UInt8](repeating: UInt8(ascii: "="), count: 3 - count)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// nil for what is not base64. Line breaks are skipped.
    ///
    /// - Parameter unpadded: padding may be missing.
    public static func decode(_ text: some Sequence<UInt8>, unpadded: Bool = false) -> [UInt8]? {
        var output: [UInt8] = []
        var bits: UInt32 = 0
        var (count, padding) = (0, 0)
        for byte in text where byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let digit = digit(byte) else { return nil }
            bits = bits << 6 | digit
            count += 1
            // Of every four digits the second, third and fourth complete a byte.
            if count % 4 != 1 { output.append(UInt8(truncatingIfNeeded: bits >> (6 - 2 * UInt32((count + 3) % 4)))) }
        }
        let missing = (4 - count % 4) % 4
        guard missing < 3, padding == missing || unpadded && padding == 0 else { return nil }
        return output
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 48 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
