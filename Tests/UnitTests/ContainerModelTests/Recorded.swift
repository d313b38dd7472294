import FoundationEssentials
import Primitives

/// A value as it is recorded; members sorted by name, as their order means nothing.
func recorded(_ value: some Encodable) throws -> JSONValue {
    try JSONValue(parsing: Array(JSONEncoder().encode(value))).sorted
}

/// What becomes of a record that holds `text`.
func read<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
}

/// A value after it was written and read.
func reread<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
}

extension JSONValue {
    /// The names of an object's members, in their order.
    var names: [String] { members.map(\.name) }

    fileprivate var sorted: JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
    }
}
