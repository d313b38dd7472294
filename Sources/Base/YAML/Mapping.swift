/// Keys and values in the order of the file. Small ones are searched, larger ones have an index.
public struct Mapping: Sendable {
    /// A key with its value.
    public struct Entry: Sendable {
        /// The key's text.
        public let key: String
        /// Where the key stands.
        public let keyMark: Mark
        /// The value.
        public var value: Node

        public init(key: String, keyMark: Mark, value: Node) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }
    }

    private static let indexedFrom = 12

    /// In the order of the text.
    public private(set) var entries: [Entry] = []
    private var index: [String: Int] = [:]

    public init() {}

    /// The number of entries.
    public var count: Int { entries.count }
    /// Whether there is no entry.
    public var isEmpty: Bool { entries.isEmpty }
    /// The keys in the order of the text.
    public var keys: [String] { entries.map(\.key) }

    /// The place of a key among the entries; nil if it is not there.
    public func position(of key: String) -> Int? {
        if entries.count >= Self.indexedFrom { return index[key] }
        return entries.firstIndex { $0.key == key }
    }

    /// Whether there is an entry with this key.
    public func contains(_ key: String) -> Bool { position(of: key) != nil }

    /// The value of a key; a new key goes to the end, nil removes it.
    public subscript(key: String) -> Node? {
        get { position(of: key).map { entries[$0].value } }
        set {
            if let newValue {
                if let position = position(of: key) {
                    entries[position].value = newValue
                } else {
                    append(Entry(key: key, keyMark: newValue.mark, value: newValue))
                }
            } else {
                remove(key)
            }
        }
    }

    /// The value at `position`, to change in place.
    public subscript(position: Int) -> Node {
        get { entries[position].value }
        _modify { yield &entries[position].value }
    }

    /// Adds an entry whose key is not there yet.
    public mutating func append(_ entry: Entry) {
        entries.append(entry)
        if entries.count == Self.indexedFrom {
            for (position, entry) in entries.enumerated() { index[entry.key] = position }
        } else if entries.count > Self.indexedFrom {
            index[entry.key] = entries.count - 1
        }
    }

    /// Sets the value of a key, with its place.
    public mutating func set(_ key: String, _ value: Value, _ mark: Mark) {
        self[key] = Node(value, mark)
    }

    /// Takes an entry out and returns its value.
    @discardableResult
    public mutating func remove(_ key: String) -> Node? {
        guard let position = position(of: key) else { return nil }
        let removed = entries.remove(at: position).value
        reindex()
        return removed
    }

    /// Takes all entries out for which `condition` holds.
    public mutating func removeAll(where condition: (Entry) -> Bool) {
        let before = entries.count
        entries.removeAll(where: condition)
        if entries.count != before { reindex() }
    }

    private mutating func reindex() {
        index.removeAll()
        guard entries.count >= Self.indexedFrom else { return }
        for (position, entry) in entries.enumerated() { index[entry.key] = position }
    }
}

extension Mapping: Equatable {
    /// The same keys with equal values, in any order.
    public static func == (left: Mapping, right: Mapping) -> Bool {
        left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
    }
}
