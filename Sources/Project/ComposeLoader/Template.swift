/// Variable substitution of the Compose Specification ("Interpolation"), as docker compose 2 does it: `$V`, `${V}`,
/// `${V:-default}`, `${V-default}`, `${V:?error}`, `${V?error}`, `${V:+replacement}`, `${V+replacement}`, `$$`.
struct Template {
    enum Failure: Error {
        /// The text cannot be read as a template.
        case invalid(String)
        /// A required variable is missing.
        case required(String)
    }

    /// One use of a variable in a text.
    struct Use {
        var name: String
        var operation: String
        var argument: String
    }

    let lookup: (String) -> String?
    /// Called with the name of a variable that is not set and has no default.
    let missing: (String) -> Void
    private static let maximalDepth = 32

    /// The text with all variables replaced. What stands in a default is evaluated even when it is not needed.
    func substitute(_ text: String, depth: Int = 0) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        if depth > Self.maximalDepth { throw .invalid(text) }
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            output += rest[..<dollar]
            rest = rest[dollar...]
            let part = try Self.firstPart(of: rest, in: text)
            rest = rest.dropFirst(part.length)
            switch part.kind {
            case .literal(let literal): output += literal.utf8
            case .use(let use): output += try value(of: use, depth: depth).utf8
            }
        }
        output += rest
        return String(decoding: output, as: UTF8.self)
    }

    private func value(of use: Use, depth: Int) throws(Failure) -> String {
        let value = lookup(use.name)
        if use.operation.isEmpty {
            if value == nil { missing(use.name) }
            return value ?? ""
        }
        let argument = try substitute(use.argument, depth: depth + 1)
        let present = use.operation.hasPrefix(":") ? !(value ?? "").isEmpty : value != nil
        switch use.operation.last {
        case "-": return present ? value ?? "" : argument
        case "+": return present ? argument : ""
        default:
            guard present else {
                throw .required("required variable \(use.name) is missing a value: \(argument)")
            }
            return value ?? ""
        }
    }

    // MARK: Grammar

    struct Part {
        enum Kind {
            case literal(String)
            case use(Use)
        }

        var kind: Kind
        /// Bytes from the dollar on.
        var length: Int
    }

    /// What starts at the dollar with which `bytes` begins.
    static func firstPart(of bytes: ArraySlice<UInt8>, in text: String) throws(Failure) -> Part {
        let next = bytes.dropFirst().first
        if next == UInt8(ascii: "$") { return Part(kind: .literal("$"), length: 2) }
        guard next == UInt8(ascii: "{") else {
            let name = bytes.dropFirst().prefix(while: isNamePart)
            guard let first = name.first, !isDigit(first) else { return Part(kind: .literal("$"), length: 1) }
            let use = Use(name: String(decoding: name, as: UTF8.self), operation: "", argument: "")
            return Part(kind: .use(use), length: name.count + 1)
        }
        guard let end = closingBrace(bytes) else { throw .invalid(text) }
        let inner = bytes[(bytes.startIndex + 2)..<end]
        let name = inner.prefix(while: isNamePart)
        guard let first = name.first, !isDigit(first), !inner.contains(UInt8(ascii: "\n")) else {
            throw .invalid(text)
        }
        var argument = inner.dropFirst(name.count)
        var operation = ""
        if argument.first == UInt8(ascii: ":") {
            operation = ":"
            argument = argument.dropFirst()
        }
        if let sign = argument.first {
            guard sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") || sign == UInt8(ascii: "?") else {
                throw .invalid(text)
            }
            operation.unicodeScalars.append(Unicode.Scalar(sign))
            argument = argument.dropFirst()
        } else if !operation.isEmpty {
            throw .invalid(text)
        }
        let use = Use(
            name: String(decoding: name, as: UTF8.self), operation: operation,
            argument: String(decoding: argument, as: UTF8.self))
        return Part(kind: .use(use), length: end + 1 - bytes.startIndex)
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
