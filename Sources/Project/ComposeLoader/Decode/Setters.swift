import ComposeModel
import YAML

/// A setter for an attribute.
typealias Setter<Object> = @Sendable (inout Object, Node, Decoder) throws(LoadFailure) -> Void

/// Setters by the kind of value; empty texts and zero numbers count as not set where the property is optional.
func text<Object>(_ property: any WritableKeyPath<Object, String?> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        let value = try decoder.text(node)
        object[keyPath: property] = value.isEmpty ? nil : value
    }
}

func text<Object>(_ property: any WritableKeyPath<Object, String> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.text(node) }
}

/// One of the words of a type; an empty text is not set. `kind` says which there are.
func word<Object, Word: RawRepresentable<String> & SendableMetatype>(
    _ property: any WritableKeyPath<Object, Word?> & Sendable, _ kind: String
) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        let text = try decoder.text(node)
        let word = Word(rawValue: text)
        if word == nil, !text.isEmpty { throw decoder.failure("\"\(text)\" is not \(kind)", node) }
        object[keyPath: property] = word
    }
}

func boolean<Object>(_ property: any WritableKeyPath<Object, Bool> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.boolean(node) }
}

func boolean<Object>(_ property: any WritableKeyPath<Object, Bool?> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.boolean(node) }
}

/// Zero is not set.
func integer<Object>(_ property: any WritableKeyPath<Object, Int64?> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        let value = try decoder.integer(node)
        object[keyPath: property] = value == 0 ? nil : value
    }
}

func count<Object>(_ property: any WritableKeyPath<Object, Int?> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        let value = try decoder.integer(node)
        guard value.magnitude <= 1_000_000_000 else { throw decoder.failure("\(value) is too large", node) }
        object[keyPath: property] = Int(value)
    }
}

func unsigned<Object>(_ property: any WritableKeyPath<Object, UInt64?> & Sendable, zero: Bool = true) -> Setter<Object>
{
    { object, node, decoder throws(LoadFailure) in
        let value = try decoder.integer(node)
        guard value >= 0 else { throw decoder.failure("\(value) must not be negative", node) }
        object[keyPath: property] = value == 0 && !zero ? nil : UInt64(value)
    }
}

func number<Object>(_ property: any WritableKeyPath<Object, Double?> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        let value = try decoder.number(node)
        object[keyPath: property] = value == 0 ? nil : value
    }
}

/// Zero is not set.
func size<Object>(_ property: any WritableKeyPath<Object, Int64?> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        let value = try decoder.size(node)
        object[keyPath: property] = value == 0 ? nil : value
    }
}

/// - Parameters:
///   - zero: nothing is a value too; else it is not set.
///   - negative: it may be less than nothing.
func duration<Object>(
    _ property: any WritableKeyPath<Object, Duration?> & Sendable, zero: Bool = true, negative: Bool = true
) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        let value = try decoder.duration(node, negative: negative)
        object[keyPath: property] = value == .zero && !zero ? nil : value
    }
}

func strings<Object>(_ property: any WritableKeyPath<Object, [String]> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.strings(node) }
}

/// Numbers are taken as text.
func scalars<Object>(_ property: any WritableKeyPath<Object, [String]> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.scalars(node) }
}

func mapping<Object>(_ property: any WritableKeyPath<Object, [String: String]> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.mapping(node) }
}

func variables<Object>(_ property: any WritableKeyPath<Object, [String: String?]> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.variables(node) }
}

func command<Object>(_ property: any WritableKeyPath<Object, [String]?> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.command(node) }
}

func command<Object>(_ property: any WritableKeyPath<Object, [String]> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.command(node) }
}

func hosts<Object>(_ property: any WritableKeyPath<Object, [String: [String]]> & Sendable) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try decoder.hosts(node) }
}

/// An object of its own.
func object<Object, Part>(
    _ property: any WritableKeyPath<Object, Part> & Sendable,
    _ read: @escaping @Sendable (Node, Decoder) throws(LoadFailure) -> Part
) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in object[keyPath: property] = try read(node, decoder) }
}

func list<Object, Item>(
    _ property: any WritableKeyPath<Object, [Item]> & Sendable,
    _ read: @escaping @Sendable (Node, Decoder) throws(LoadFailure) -> Item
) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        object[keyPath: property] = try decoder.list(node) { item throws(LoadFailure) in try read(item, decoder) }
    }
}

func map<Object, Item>(
    _ property: any WritableKeyPath<Object, [String: Item]> & Sendable,
    _ read: @escaping @Sendable (String, Node, Decoder) throws(LoadFailure) -> Item
) -> Setter<Object> {
    { object, node, decoder throws(LoadFailure) in
        object[keyPath: property] = try decoder.map(node) { key, value throws(LoadFailure) in
            try read(key, value, decoder)
        }
    }
}
