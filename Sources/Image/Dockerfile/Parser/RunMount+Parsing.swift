internal import Primitives

extension RunInstruction {
    /// What the `--mount` options mean when their variables are replaced.
    ///
    /// - Parameter expand: gives a value's final text, ``WordExpansion/word(_:undefined:value:)``.
    public func mounts(
        expanding expand: @escaping (String) throws(DockerfileWordError) -> String
    ) throws(RunMountError) -> [RunMount] {
        try mountOptions.map { option throws(RunMountError) in
            do throws(SyntaxError) {
                return try RunMount(option, expanding: expand)
            } catch {
                throw RunMountError(reason: error.reason, hint: error.hint)
            }
        }
    }
}

/// What is wrong with a `--mount`.
public struct RunMountError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the mount.
    public var reason: String
    /// What would be right.
    public var hint: String?

    public var description: String { reason + (hint.map { ", " + $0 } ?? "") }
}

extension RunMount {
    static let keys = [
        "type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw", "id",
        "sharing", "required", "size", "mode", "uid", "gid", "env",
    ]

    /// Reads `type=cache,target=/x,…`.
    ///
    /// - Parameter expand: nil checks only the names.
    init(
        _ option: String, expanding expand: ((String) throws(DockerfileWordError) -> String)?
    ) throws(SyntaxError) {
        var fields: [(key: String, value: String?)] = []
        for field in try splitCSV(option) {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let key = parts[0].lowercased()
            guard Self.keys.contains(key) else {
                throw SyntaxError(
                    "--mount: there is no \(key.prefix(100))", hint: Spelling.hint(for: key, among: Self.keys))
            }
            guard parts.count == 2 || ["readonly", "ro", "readwrite", "rw", "required"].contains(key) else {
                throw SyntaxError("--mount: \(key) has no value", hint: "write \(key)=VALUE")
            }
            if key == "from", parts[1].utf8.contains(UInt8(ascii: "$")) {
                throw SyntaxError(
                    "--mount: from cannot have variables", hint: "name a stage, FROM \(parts[1].prefix(100)) AS NAME")
            }
            fields.append((key, parts.count == 2 ? parts[1] : nil))
        }
        guard let expand else { return }
        var expanded: [(key: String, value: String?)] = []
        for field in fields {
            do throws(DockerfileWordError) {
                expanded.append((field.key, try field.value.map(expand)))
            } catch {
                throw SyntaxError("--mount: \(error)")
            }
        }
        // The type decides what the others mean, wherever it stands.
        if let name = expanded.last(where: { $0.key == "type" })?.value {
            guard let kind = Kind(rawValue: name.lowercased()) else {
                throw SyntaxError(
                    "--mount: there is no type \(name.prefix(100))",
                    hint: Spelling.hint(for: name, among: Kind.allCases.map(\.rawValue)))
            }
            self.kind = kind
        }
        readOnly = kind != .cache && kind != .tmpfs
        for field in expanded { try set(field.key, field.value) }
        try validate()
    }

    private mutating func set(_ key: String, _ value: String?) throws(SyntaxError) {
        let text = value ?? ""
        // An empty value, such as of a variable that is not set, is none.
        if value == "", ["from", "source", "src", "target", "dst", "destination", "id", "env"].contains(key) { return }
        switch key {
        case "from": from = text
        case "source", "src": source = text
        case "target", "dst", "destination": target = text
        case "id": id = text
        case "readonly", "ro": readOnly = try Self.bool(key, value)
        case "readwrite", "rw": readOnly = try !Self.bool(key, value)
        case "required":
            try allow(key, [.secret, .ssh])
            required = try Self.bool(key, value)
        case "env":
            try allow(key, [.secret])
            environment = text
        case "size":
            try allow(key, [.tmpfs])
            guard let bytes = try? ByteCount(parsing: text).bytes else {
                throw Self.wrong(key, text, "a size such as 64m")
            }
            size = bytes
        case "sharing":
            try allow(key, [.cache])
            guard let sharing = Sharing(rawValue: text.lowercased()) else {
                throw Self.wrong(key, text, "shared, private or locked")
            }
            self.sharing = sharing
        case "mode": mode = try number(key, text, radix: 8)
        case "uid": uid = try number(key, text, radix: 10)
        case "gid": gid = try number(key, text, radix: 10)
        default: break
        }
    }

    private func validate() throws(SyntaxError) {
        switch kind {
        case .secret:
            if from != nil { throw SyntaxError("--mount: a secret has no from") }
            if source != nil, id != nil { throw SyntaxError("--mount: a secret has either id or source, not both") }
            if source == nil, target == nil, id == nil {
                throw SyntaxError("--mount: the secret has no id", hint: "write type=secret,id=NAME")
            }
        case .ssh:
            if from != nil || source != nil { throw SyntaxError("--mount: ssh has neither from nor source") }
        case .bind, .cache, .tmpfs:
            guard let target, !target.isEmpty else {
                throw SyntaxError("--mount: type \(kind.rawValue) has no target", hint: "write target=PATH")
            }
            if kind == .tmpfs, from != nil || source != nil {
                throw SyntaxError("--mount: tmpfs has neither from nor source")
            }
        }
    }

    private func allow(_ key: String, _ kinds: [Kind]) throws(SyntaxError) {
        guard !kinds.contains(kind) else { return }
        let names = kinds.map(\.rawValue).joined(separator: " and ")
        throw SyntaxError("--mount: \(key) belongs to type \(names), not \(kind.rawValue)")
    }

    private func number(_ key: String, _ text: String, radix: Int) throws(SyntaxError) -> UInt32 {
        try allow(key, [.cache, .secret, .ssh])
        guard text.utf8.first != UInt8(ascii: "+"), let number = UInt32(text, radix: radix) else {
            throw Self.wrong(key, text, radix == 8 ? "an octal number" : "a number")
        }
        return number
    }

    private static func bool(_ key: String, _ value: String?) throws(SyntaxError) -> Bool {
        switch value?.lowercased() {
        case nil, "1", "t", "true": return true
        case "0", "f", "false": return false
        case .some(let text): throw wrong(key, text, "true or false")
        }
    }

    private static func wrong(_ key: String, _ value: String, _ right: String) -> SyntaxError {
        SyntaxError("--mount: \(key)=\(value.prefix(100)) is not \(right)")
    }
}

/// One record of RFC 4180.
func splitCSV(_ text: String) throws(SyntaxError) -> [String] {
    var fields: [String] = []
    var field: [UInt8] = []
    let bytes = Array(text.utf8)
    var position = 0
    while position <= bytes.count {
        field = []
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            position += 1
            while true {
                guard position < bytes.count else { throw SyntaxError("a double quote is not closed") }
                if bytes[position] == UInt8(ascii: "\"") {
                    position += 1
                    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { break }
                }
                field.append(bytes[position])
                position += 1
            }
            guard position == bytes.count || bytes[position] == UInt8(ascii: ",") else {
                throw SyntaxError("a field goes on after its closing quote")
            }
        } else {
            while position < bytes.count, bytes[position] != UInt8(ascii: ",") {
                field.append(bytes[position])
                position += 1
            }
        }
        fields.append(String(decoding: field, as: UTF8.self))
        position += 1
    }
    return fields
}
