internal import Primitives

/// The `--name=value` words of an instruction.
struct InstructionOptions {
    enum Kind {
        case flag
        case value
        case values
    }

    private var values: [String: [String]] = [:]

    init(_ words: [String], _ known: KeyValuePairs<String, Kind>) throws(SyntaxError) {
        for word in words {
            let equals = word.firstIndex(of: "=")
            let name = String(word[..<(equals ?? word.endIndex)].dropFirst(2))
            guard let kind = known.first(where: { $0.key == name })?.value else {
                throw SyntaxError(
                    "there is no option --\(name.prefix(100))",
                    hint: known.isEmpty
                        ? "this instruction takes none"
                        : Spelling.hint(for: "--\(name)", among: known.map { "--\($0.key)" }))
            }
            if kind != .values, values[name] != nil { throw SyntaxError("the option --\(name) stands twice") }
            let value = equals.map { String(word[word.index(after: $0)...]) }
            switch kind {
            case .flag:
                guard [nil, "true", "false"].contains(value) else {
                    throw SyntaxError("the option --\(name)=\(value ?? "") takes true or false")
                }
                values[name] = [value ?? "true"]
            case .value, .values:
                guard let value else {
                    throw SyntaxError("the option --\(name) has no value", hint: "write --\(name)=VALUE")
                }
                values[name, default: []].append(value)
            }
        }
    }

    /// nil if it is not given or empty.
    func value(_ name: String) -> String? { values[name]?.first.flatMap { $0.isEmpty ? nil : $0 } }

    func values(_ name: String) -> [String] { values[name] ?? [] }

    func flag(_ name: String) -> Bool? { values[name]?.first.map { $0 == "true" } }
}
