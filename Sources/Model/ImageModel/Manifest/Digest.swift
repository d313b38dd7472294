/// `sha256:` and 64 lower-case hexadecimal digits (OCI image specification, descriptors). Other algorithms and any other
/// spelling are refused, so ``hex`` is always safe as a file name.
public struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The digits without the algorithm.
    public let hex: String

    /// Reads `sha256:` and 64 lower-case hexadecimal digits.
    public init(_ text: String) throws(ImageFormatError) {
        let shown = String(text.prefix(100))
        guard text.hasPrefix("sha256:") else {
            throw ImageFormatError(.digest, "digest \"\(shown)\"", "it does not begin with sha256:")
        }
        guard let digest = Digest(hex: String(text.dropFirst(7))) else {
            throw ImageFormatError(.digest, "digest \"\(shown)\"", "sha256: is followed by 64 digits 0-9a-f")
        }
        self = digest
    }

    /// nil unless these are 64 lower-case hexadecimal digits.
    public init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(\.isHexDigit) else { return nil }
        self.hex = hex
    }

    public var description: String { "sha256:" + hex }

    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UInt8 {
    /// 0-9a-f.
    var isHexDigit: Bool { isDigit || (0x61...0x66).contains(self) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isLowerAlphanumeric: Bool { isDigit || (0x61...0x7a).contains(self) }
    var isAlphanumeric: Bool { isLowerAlphanumeric || (0x41...0x5a).contains(self) }
}
