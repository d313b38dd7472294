/// A place in a file. Lines and columns count from 1; 0 is unknown.
public struct Mark: Sendable, Hashable {
    /// The reader's number for the file.
    public var file: UInt16
    /// From 1.
    public var line: UInt32
    /// From 1, in characters.
    public var column: UInt32

    public init(file: UInt16 = 0, line: UInt32 = 0, column: UInt32 = 0) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// A YAML value and where it stands.
public struct Node: Sendable {
    /// What it is.
    public var value: Value
    /// Where it begins.
    public var mark: Mark

    public init(_ value: Value, _ mark: Mark = Mark()) {
        self.value = value
        self.mark = mark
    }
}

/// A YAML value with its scalars resolved.
public enum Value: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// An integer above Int64.
    case unsigned(UInt64)
    case float(Double)
    case string(String)
    /// RFC 3339, and how it was typed.
    case timestamp(String, typed: String)
    case sequence([Node])
    case mapping(Mapping)
    /// Stood here but was wrong: reported, and left alone by what comes after. Never in a document just read.
    case refused
}

extension Node {
    /// The text, if it is one.
    public var string: String? {
        if case .string(let text) = value { return text }
        return nil
    }

    /// The elements, if it is a list.
    public var sequence: [Node]? {
        if case .sequence(let items) = value { return items }
        return nil
    }

    /// The entries, if it is a mapping.
    public var mapping: Mapping? {
        if case .mapping(let mapping) = value { return mapping }
        return nil
    }

    /// Whether it is null or left out.
    public var isNull: Bool {
        if case .null = value { return true }
        return false
    }

    /// Whether it was wrong and has been reported already.
    public var isRefused: Bool {
        if case .refused = value { return true }
        return false
    }

    /// Value of a key; nil when this is no mapping or has no such key.
    public subscript(key: String) -> Node? { mapping?[key] }

    /// Changes the mapping in place; does nothing for other values.
    public mutating func withMapping<Failure: Error>(
        _ body: (inout Mapping) throws(Failure) -> Void
    ) throws(Failure) {
        guard case .mapping(var mapping) = value else { return }
        value = .null
        do {
            try body(&mapping)
        } catch {
            value = .mapping(mapping)
            throw error
        }
        value = .mapping(mapping)
    }

    /// Changes the sequence in place; does nothing for other values.
    public mutating func withSequence<Failure: Error>(
        _ body: (inout [Node]) throws(Failure) -> Void
    ) throws(Failure) {
        guard case .sequence(var items) = value else { return }
        value = .null
        do {
            try body(&items)
        } catch {
            value = .sequence(items)
            throw error
        }
        value = .sequence(items)
    }
}

extension Node: Equatable {
    /// Compares values; marks and the order of keys do not count.
    public static func == (left: Node, right: Node) -> Bool { left.value == right.value }
}

extension Value: Equatable {}
