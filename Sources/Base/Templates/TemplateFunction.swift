internal import Primitives

/// What a function takes in one place.
enum TemplateParameter: String {
    case any = "interface {}"
    case string
    case integer = "int"
    case strings = "[]string"
}

/// What a function finds wrong with its arguments.
struct TemplateFailure: Error {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// A function of templates: values of the kinds that it asks for, and what it makes of them.
struct TemplateFunction: Sendable {
    var parameters: [TemplateParameter]
    /// Of what it takes behind them, any number of times; nil takes no more.
    var rest: TemplateParameter?
    var body: @Sendable ([TemplateValue]) throws(TemplateFailure) -> TemplateValue

    init(
        _ parameters: TemplateParameter..., rest: TemplateParameter? = nil,
        body: @escaping @Sendable ([TemplateValue]) throws(TemplateFailure) -> TemplateValue
    ) {
        self.parameters = parameters
        self.rest = rest
        self.body = body
    }

    /// Those of the language. `and`, `or` and `call` are worked out where their arguments are.
    static let builtIn: [String: TemplateFunction] = [
        "and": TemplateFunction(.any, rest: .any) { $0[0] },
        "call": TemplateFunction(.any, rest: .any) { $0[0] },
        "eq": TemplateFunction(.any, rest: .any, body: isEqual),
        "ge": comparison { $0 >= 0 },
        "gt": comparison { $0 > 0 },
        "html": TemplateFunction(rest: .any) { .string(escapedHTML(joined($0, missing: "<no value>"))) },
        "index": TemplateFunction(.any, rest: .any, body: element),
        "js": TemplateFunction(rest: .any) { .string(escapedScript(joined($0, missing: "<no value>"))) },
        "le": comparison { $0 <= 0 },
        "len": TemplateFunction(.any, body: count),
        "lt": comparison { $0 < 0 },
        "ne": TemplateFunction(.any, .any) { (values) throws(TemplateFailure) in
            .boolean(try !equals(values[0], values[1]))
        },
        "not": TemplateFunction(.any) { .boolean(!$0[0].isTrue) },
        "or": TemplateFunction(.any, rest: .any) { $0[0] },
        "print": TemplateFunction(rest: .any) { .string(joined($0)) },
        "printf": TemplateFunction(.string, rest: .any) { .string(formatted($0[0].printed, Array($0.dropFirst()))) },
        "println": TemplateFunction(rest: .any) { .string($0.map(\.shown).joined(separator: " ") + "\n") },
        "slice": TemplateFunction(.any, rest: .any, body: part),
        "urlquery": TemplateFunction(rest: .any) { .string(escapedQuery(joined($0, missing: "<no value>"))) },
    ]

    /// As Go's `fmt.Sprint`: blanks only between what are no texts.
    ///
    /// - Parameter missing: what stands for no value.
    static func joined(_ values: [TemplateValue], missing: String = "<nil>") -> String {
        var text = ""
        for (index, value) in values.enumerated() {
            if index > 0, !value.isText, !values[index - 1].isText { text += " " }
            if case .none = value { text += missing } else { text += value.shown }
        }
        return text
    }

    // MARK: Parts

    private static func count(_ values: [TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        switch values[0] {
        case .string(let text): .integer(Int64(text.utf8.count))
        case .list(let elements, _): .integer(Int64(elements.count))
        case .map(let map): .integer(Int64(map.members.count))
        case .none: throw TemplateFailure("len of nil pointer")
        case .boolean, .integer, .float, .structure:
            throw TemplateFailure("len of type \(values[0].typeName.drop { $0 == "*" })")
        }
    }

    private static func element(_ values: [TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        if case .none = values[0] { throw TemplateFailure("index of untyped nil") }
        var found = values[0]
        for key in values.dropFirst() {
            switch found {
            case .list(let elements, _): found = elements[try place(key, elements.count)]
            case .string(let text):
                let bytes = Array(text.utf8)
                found = .integer(Int64(bytes[try place(key, bytes.count)]))
            case .map(let map):
                guard case .string(let name) = key else {
                    throw TemplateFailure("value has type \(key.typeName); should be string")
                }
                // Go has the zero value of the element's type here.
                found = map.members[name] ?? (map.type == "map[string]string" ? .string("") : .none)
            case .none: throw TemplateFailure("index of nil pointer")
            case .boolean, .integer, .float, .structure:
                throw TemplateFailure("can't index item of type \(found.typeName)")
            }
        }
        return found
    }

    /// - Parameter end: the first place that is not there.
    private static func place(_ key: TemplateValue, _ end: Int) throws(TemplateFailure) -> Int {
        switch key {
        case .integer(let index):
            guard (0..<Int64(end)).contains(index) else { throw TemplateFailure("index out of range: \(index)") }
            return Int(index)
        case .none: throw TemplateFailure("cannot index slice/array with nil")
        case .boolean, .float, .string, .list, .map, .structure:
            throw TemplateFailure("cannot index slice/array with type \(key.typeName)")
        }
    }

    private static func part(_ values: [TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        let bounds = values.dropFirst()
        if bounds.count > 3 { throw TemplateFailure("too many slice indexes: \(bounds.count)") }
        switch values[0] {
        case .string(let text):
            if bounds.count == 3 { throw TemplateFailure("cannot 3-index slice a string") }
            let bytes = Array(text.utf8)
            return .string(String(decoding: bytes[try range(bounds, bytes.count)], as: UTF8.self))
        case .list(let elements, let type): return .list(Array(elements[try range(bounds, elements.count)]), type: type)
        case .none: throw TemplateFailure("slice of untyped nil")
        case .boolean, .integer, .float, .map, .structure:
            throw TemplateFailure("can't slice item of type \(values[0].typeName)")
        }
    }

    private static func range(
        _ bounds: ArraySlice<TemplateValue>, _ count: Int
    ) throws(TemplateFailure) -> Range<Int> {
        var places = [0, count]
        for (index, bound) in bounds.enumerated().prefix(2) { places[index] = try place(bound, count + 1) }
        guard places[0] <= places[1] else { throw TemplateFailure("invalid slice index: \(places[0]) > \(places[1])") }
        return places[0]..<places[1]
    }
}

extension TemplateValue {
    fileprivate var isText: Bool { if case .string = self { true } else { false } }
}
