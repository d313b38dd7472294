/// Variable substitution of the Compose Specification ("Interpolation"), as docker compose 2 does it: `$V`, `${V}`,
/// `${V:-default}`, `${V-default}`, `${V:?error}`, `${V?error}`, `${V:+replacement}`, `${V+replacement}`, `$$`.
struct Template {
    enum Failure: Error {
        /// The text cannot be read as a template.
        case invalid(String)
        /// A required variable is missing.
        case required(String)
        /// The result would be too long.
        case tooLong
    }

    /// One use of a variable in a text.
    struct Use {
        var name: String
        var operation: String
        var argument: ArraySlice<UInt8>
    }

    let lookup: (String) -> String?
    /// Called with the name of a variable that is not set and has no default.
    let missing: (String) -> Void
    private static let depthLimit = 32
    private static let lengthLimit = 1 << 20

    init(lookup: @escaping (String) -> String?, missing: @escaping (String) -> Void) {
        self.lookup = lookup
        self.missing = missing
    }

    /// The text with all variables replaced. What stands in a default is evaluated even when it is not needed.
    func substitute(_ text: String) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        let bytes = Array(text.utf8)
        return String(decoding: try substitute(bytes[...], depth: 0), as: UTF8.self)
    }

    private func substitute(_ bytes: ArraySlice<UInt8>, depth: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard bytes.contains(UInt8(ascii: "$")) else { return bytes }
        if depth > Self.depthLimit { throw Self.invalid(bytes) }
        var output: [UInt8] = []
        var rest = bytes
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            output += rest[..<dollar]
            rest = rest[dollar...]
            let part = try Self.firstPart(of: rest)
            rest = rest.dropFirst(part.length)
            if let use = part.use {
                output += try value(of: use, depth: depth)
            } else {
                output.append(UInt8(ascii: "$"))
            }
            if output.count > Self.lengthLimit, output.count > bytes.count { throw .tooLong }
        }
        output += rest
        return output[...]
    }

    private func value(of use: Use, depth: Int) throws(Failure) -> ArraySlice<UInt8> {
        let value = lookup(use.name)
        if use.operation.isEmpty {
            if value == nil { missing(use.name) }
            return Array((value ?? "").utf8)[...]
        }
        let argument = try substitute(use.argument, depth: depth + 1)
        let present = use.operation.hasPrefix(":") ? !(value ?? "").isEmpty : value != nil
        switch use.operation.last {
        case "-": return present ? Array((value ?? "").utf8)[...] : argument
        case "+": return present ? argument : []
        default:
            guard present else {
                let message = String(decoding: argument.prefix(500), as: UTF8.self)
                throw .required(
                    "required variable \(use.name) is missing a value" + (message.isEmpty ? "" : ": \(message)"))
            }
            return Array((value ?? "").utf8)[...]
        }
    }

    private static func invalid(_ bytes: ArraySlice<UInt8>) -> Failure {
        .invalid(String(decoding: bytes.prefix(100), as: UTF8.self) + (bytes.count > 100 ? "…" : ""))
    }

    // MARK: Grammar

    struct Part {
        /// nil is a literal dollar.
        var use: Use?
        /// Bytes from the dollar on.
        var length: Int
    }

    /// What starts at the dollar with which `bytes` begins.
    static func firstPart(of bytes: ArraySlice<UInt8>) throws(Failure) -> Part {
        let next = bytes.dropFirst().first
        if next == UInt8(ascii: "$") { return Part(use: nil, length: 2) }
        guard next == UInt8(ascii: "{") else {
            let name = bytes.dropFirst().prefix(while: isNamePart)
            guard let first = name.first, !isDigit(first) else { return Part(use: nil, length: 1) }
            let use = Use(name: String(decoding: name, as: UTF8.self), operation: "", argument: [])
            return Part(use: use, length: name.count + 1)
        }
        guard let end = closingBrace(bytes) else { throw invalid(bytes) }
        let inner = bytes[(bytes.startIndex + 2)..<end]
        let name = inner.prefix(while: isNamePart)
        guard let first = name.first, !isDigit(first), !inner.contains(UInt8(ascii: "\n")) else {
            throw invalid(bytes)
        }
        var argument = inner.dropFirst(name.count)
        var operation = ""
        if argument.first == UInt8(ascii: ":") {
            operation = ":"
            argument = argument.dropFirst()
        }
        if let sign = argument.first {
            guard sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") || sign == UInt8(ascii: "?") else {
                throw invalid(bytes)
            }
            operation.unicodeScalars.append(Unicode.Scalar(sign))
            argument = argument.dropFirst()
        } else if !operation.isEmpty {
            throw invalid(bytes)
        }
        let use = Use(name: String(decoding: name, as: UTF8.self), operation: operation, argument: argument)
        return Part(use: use, length: end + 1 - bytes.startIndex)
    }

    /// Index of the brace that closes the first one; the last brace of the line when they do not pair up.
    private static func closingBrace(_ bytes: ArraySlice<UInt8>) -> Int? {
        var open = 0
        var last: Int?
        var position = bytes.startIndex
        while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: "\n"): return last
            case UInt8(ascii: "}"):
                last = position
                open -= 1
                if open == 0 { return position }
            case UInt8(ascii: "{"):
                open += 1
                position += 1
                if position < bytes.endIndex, bytes[position] == UInt8(ascii: "}") { last = position }
            default: break
            }
            position += 1
        }
        return last
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (byte | 32 >= 97 && byte | 32 <= 122)
    }
}
