import ComposeModel
import YAML

/// Who acts on an attribute of the Compose Specification, or what happens instead.
///
/// Each attribute states it; there is no default. `docs/compose-file.md`, the warnings of `up` and its refusals all come
/// from here.
struct Support: Sendable {
    /// Who takes the value up.
    enum Taker: Sendable, Hashable {
        /// `TARGET/NAME`: the file `NAME.swift` of the target, or a type declared there.
        case acted(by: String)
        /// The value is loaded and shown, and there is nothing to do about it here, for this reason.
        case recorded(String)
        /// Nobody: `exceptions` says what happens.
        case nobody
        /// The same as the attribute that this one is a part of.
        case asAbove
    }

    /// Values that nothing here acts on.
    struct Exception: Sendable {
        let effect: AttributeGap.Effect
        /// Why, or which values; continues the attribute's name: `is for Windows`.
        let reason: String
        let condition: Condition

        static func warned(_ reason: String, _ condition: Condition) -> Exception {
            Exception(effect: .warned, reason: reason, condition: condition)
        }

        static func refused(_ reason: String, _ condition: Condition) -> Exception {
            Exception(effect: .refused, reason: reason, condition: condition)
        }
    }

    /// Which values an exception means.
    enum Condition: Sendable {
        /// All that say something: not null, false, zero or empty.
        case anything
        /// Texts that are not empty and not one of these.
        case otherThan([String])
        case oneOf([String])
        /// Mappings that have other keys; the gap is at the key.
        case keysOtherThan([String])
        /// Entries of a mapping, given key, value and the mapping that all this stands in; the gap is at the value.
        case entries(@Sendable (String, Node, Mapping) -> Bool)
        /// Given the value and the mapping that it stands in.
        case when(@Sendable (Node, Mapping) -> Bool)
        /// As ``when``, given also the whole file.
        case across(@Sendable (Node, Mapping, Mapping) -> Bool)
        /// Places in a mapping, each with what is wrong there, which follows the exception's reason.
        case checked(@Sendable (Mapping) -> [Fault])
    }

    /// Something in a mapping that a condition means.
    struct Fault: Sendable {
        /// The keys that lead to it.
        let keys: [String]
        let node: Node
        var details = ""
    }

    let taker: Taker
    let exceptions: [Exception]

    /// - Parameter reader: `TARGET/NAME`, the file or type that acts. A test looks whether it is there.
    static func acted(by reader: String, _ exceptions: Exception...) -> Support {
        Support(taker: .acted(by: reader), exceptions: exceptions)
    }

    static func recorded(_ why: String, _ exceptions: Exception...) -> Support {
        Support(taker: .recorded(why), exceptions: exceptions)
    }

    static func warned(_ reason: String) -> Support {
        Support(taker: .nobody, exceptions: [.warned(reason, .anything)])
    }

    static func refused(_ reason: String) -> Support {
        Support(taker: .nobody, exceptions: [.refused(reason, .anything)])
    }

    static let asAbove = Support(taker: .asAbove, exceptions: [])

    static func asAbove(_ exceptions: Exception...) -> Support { Support(taker: .asAbove, exceptions: exceptions) }
}

extension Support.Condition {
    /// Whether the value has to be named to say what is meant.
    var isByValue: Bool {
        switch self {
        case .otherThan, .oneOf: true
        case .anything, .keysOtherThan, .entries, .when, .across, .checked: false
        }
    }

    /// The places at or below `value` that the condition means.
    ///
    /// - Parameter document: the whole file.
    func matches(_ value: Node, in owner: Mapping, of document: Mapping) -> [Support.Fault] {
        let whole = Support.Fault(keys: [], node: value)
        switch self {
        case .anything: return value.saysSomething ? [whole] : []
        case .otherThan(let texts): return value.saysSomething && !texts.contains(value.text) ? [whole] : []
        case .oneOf(let texts): return texts.contains(value.text) ? [whole] : []
        case .keysOtherThan(let keys):
            let others = (value.mapping?.entries ?? []).filter { !keys.contains($0.key) && !$0.value.isRefused }
            return others.map { Support.Fault(keys: [$0.key], node: Node($0.value.value, $0.keyMark)) }
        case .entries(let isMeant):
            let meant = (value.mapping?.entries ?? []).filter {
                !$0.value.isRefused && isMeant($0.key, $0.value, owner)
            }
            return meant.map { Support.Fault(keys: [$0.key], node: $0.value) }
        case .when(let isMeant): return isMeant(value, owner) ? [whole] : []
        case .across(let isMeant): return isMeant(value, owner, document) ? [whole] : []
        case .checked(let faults): return value.mapping.map(faults) ?? []
        }
    }
}

extension Node {
    /// Not null, false, zero or empty.
    fileprivate var saysSomething: Bool {
        switch value {
        case .null, .refused, .bool(false), .integer(0), .unsigned(0), .float(0): false
        case .string(let text): !text.isEmpty && text != "false"
        case .sequence(let items): !items.isEmpty
        case .mapping(let mapping): !mapping.isEmpty
        default: true
        }
    }
}
