import CYAML
internal import Primitives

/// Builds documents from events.
final class Composer {
    private enum Anchor {
        case open
        /// `size` counts the values; `resets` are paths below the anchored node.
        case closed(Node?, size: Int, resets: [[String]])
    }

    private let events: EventReader
    private let limits: YAMLLimits
    private var anchors: [String: Anchor] = [:]
    private var path: [String] = []
    private var resets: [[String]] = []
    private var duplicates: [YAMLFailure] = []
    private var nodes = 0
    private var aliased = 0
    private var depth = 0

    init(events: EventReader, limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    func documents() throws(YAMLFailure) -> [Document] {
        var documents: [Document] = []
        while true {
            try events.next()
            switch events.type {
            case YAML_STREAM_END_EVENT:
                return documents
            case YAML_DOCUMENT_START_EVENT:
                if let version = events.event.data.document_start.version_directive?.pointee, version.minor != 1 {
                    throw YAMLFailure("the directive %YAML must name version 1.1, or be left out", at: events.mark)
                }
                if documents.count == limits.documents {
                    throw YAMLFailure("more than \(limits.documents) documents in one file", at: events.mark)
                }
                anchors = [:]
                resets = []
                duplicates = []
                try events.next()
                let mark = events.mark
                let root = try node() ?? Node(.null, mark)
                documents.append(Document(root: root, resets: resets, duplicates: duplicates))
                try events.next()  // the document's end
            default:
                continue
            }
        }
    }

    /// The node that starts with the current event, up to its end; nil when it is tagged `!reset`.
    private func node() throws(YAMLFailure) -> Node? {
        nodes += 1
        if nodes > limits.nodes { throw YAMLFailure("more than \(limits.nodes) values in one file", at: events.mark) }
        if events.type == YAML_ALIAS_EVENT { return try alias() }
        let (anchor, tag) = properties()
        let firstNode = nodes + aliased
        let firstReset = resets.count
        if let anchor {
            anchors[anchor] = .open
            if anchors.count > limits.anchors {
                throw YAMLFailure("more than \(limits.anchors) anchors in one document", at: events.mark)
            }
        }
        var result: Node? = try content(tag: tag)
        if tag == "!reset" {
            resets.removeSubrange(firstReset...)
            resets.append(path)
            result = nil
        } else if tag == "!override" {
            resets.removeSubrange(firstReset...)
            resets.append(path)
        }
        if let anchor {
            let below = resets[firstReset...].map { Array($0.dropFirst(path.count)) }
            anchors[anchor] = .closed(result, size: nodes + aliased - firstNode + 1, resets: below)
        }
        return result
    }

    private func content(tag: String?) throws(YAMLFailure) -> Node {
        let mark = events.mark
        switch events.type {
        case YAML_SCALAR_EVENT:
            return Node(try scalar(tag: tag), mark)
        case YAML_SEQUENCE_START_EVENT:
            try check(tag, is: ["!!seq", "!!omap", "!!pairs"])
            return Node(.sequence(try nested(sequence)), mark)
        case YAML_MAPPING_START_EVENT:
            try check(tag, is: ["!!map", "!!set"])
            return Node(.mapping(try nested(mapping)), mark)
        default:
            throw YAMLFailure("a value is missing", at: mark)
        }
    }

    /// Tags of an application's own are ignored.
    private func check(_ tag: String?, is allowed: [String]) throws(YAMLFailure) {
        if let tag, tag.hasPrefix("!!"), !allowed.contains(tag) {
            throw YAMLFailure("the tag \(tag) has no meaning here", at: events.mark)
        }
    }

    private func nested<Result>(_ body: () throws(YAMLFailure) -> Result) throws(YAMLFailure) -> Result {
        depth += 1
        if depth > limits.depth { throw YAMLFailure("nested deeper than \(limits.depth) levels", at: events.mark) }
        let result = try body()
        depth -= 1
        return result
    }

    private func alias() throws(YAMLFailure) -> Node? {
        let name = text(events.event.data.alias.anchor) ?? ""
        switch anchors[name] {
        case .closed(let node, let size, let below):
            aliased += size
            if aliased > limits.aliased || resets.count + below.count > limits.aliased {
                throw YAMLFailure("aliases stand for more than \(limits.aliased) values", at: events.mark)
            }
            resets += below.map { path + $0 }
            return node
        case .open: throw YAMLFailure("anchor \"\(name)\" contains itself", at: events.mark)
        case nil: throw YAMLFailure("unknown anchor \"\(name)\"", at: events.mark)
        }
    }

    private func sequence() throws(YAMLFailure) -> [Node] {
        var items: [Node] = []
        path.append("0")
        defer { path.removeLast() }
        var position = 0
        while true {
            try events.next()
            if events.type == YAML_SEQUENCE_END_EVENT { return items }
            path[path.count - 1] = "[\(position)]"
            if let item = try node() { items.append(item) }
            position += 1
        }
    }

    private func mapping() throws(YAMLFailure) -> Mapping {
        var mapping = Mapping()
        var merges: [Node] = []
        var reset: [String: Mark] = [:]
        var mergeMark: Mark?
        while true {
            try events.next()
            if events.type == YAML_MAPPING_END_EVENT { break }
            let keyMark = events.mark
            let (name, isMerge) = try key()
            try events.next()
            if isMerge {
                if let mergeMark { addDuplicate("<<", keyMark, mergeMark) }
                mergeMark = mergeMark ?? keyMark
                if let merged = try node() { merges.append(merged) }
                continue
            }
            if let first = mapping.position(of: name).map({ mapping.entries[$0].keyMark }) ?? reset[name] {
                addDuplicate(name, keyMark, first)
                _ = try node()
                continue
            }
            path.append(name)
            let value = try node()
            path.removeLast()
            if let value {
                mapping.append(Mapping.Entry(key: name, keyMark: keyMark, value: value))
            } else {
                reset[name] = keyMark
            }
        }
        for merged in merges { try merge(merged, into: &mapping) }
        return mapping
    }

    private func addDuplicate(_ key: String, _ mark: Mark, _ first: Mark) {
        guard duplicates.count < limits.duplicates else { return }
        duplicates.append(
            YAMLFailure(
                "key \"\(key.prefix(200))\" is already defined at line \(first.line), column \(first.column)",
                at: mark))
    }

    private func merge(_ source: Node, into mapping: inout Mapping) throws(YAMLFailure) {
        switch source.value {
        case .mapping(let other):
            for entry in other.entries where !mapping.contains(entry.key) { mapping.append(entry) }
        case .sequence(let items):
            for item in items {
                guard case .mapping = item.value else {
                    throw YAMLFailure("a merge key takes mappings or a list of mappings", at: item.mark)
                }
                try merge(item, into: &mapping)
            }
        default:
            throw YAMLFailure("a merge key takes mappings or a list of mappings", at: source.mark)
        }
    }

    private func key() throws(YAMLFailure) -> (String, isMerge: Bool) {
        let mark = events.mark
        nodes += 1
        if events.type == YAML_ALIAS_EVENT {
            if case .string(let name)? = try alias()?.value { return (name, false) }
            throw YAMLFailure("a key must be text", at: mark)
        }
        let (anchor, tag) = properties()
        guard events.type == YAML_SCALAR_EVENT else { throw YAMLFailure("a key must be text", at: mark) }
        let value = try scalar(tag: tag)
        if let anchor { anchors[anchor] = .closed(Node(value, mark), size: 1, resets: []) }
        guard case .string(let name) = value else {
            throw YAMLFailure("a key must be text, put \(rawText) in quotes", at: mark)
        }
        let isMerge = name == "<<" && events.event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && tag == nil
        return (name, isMerge || tag == "!!merge")
    }

    // MARK: Scalars

    private func properties() -> (anchor: String?, tag: String?) {
        let data = events.event.data
        switch events.type {
        case YAML_SCALAR_EVENT: return (text(data.scalar.anchor), shortTag(data.scalar.tag))
        case YAML_SEQUENCE_START_EVENT: return (text(data.sequence_start.anchor), shortTag(data.sequence_start.tag))
        case YAML_MAPPING_START_EVENT: return (text(data.mapping_start.anchor), shortTag(data.mapping_start.tag))
        default: return (nil, nil)
        }
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func shortTag(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let tag = text(pointer), tag != "!" else { return nil }
        let prefix = "tag:yaml.org,2002:"
        return tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    }

    private var scalarBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: events.event.data.scalar.value, count: events.event.data.scalar.length)
    }

    private var rawText: String { String(decoding: scalarBytes, as: UTF8.self) }

    private func scalar(tag: String?) throws(YAMLFailure) -> Value {
        let isPlain = events.event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
        switch tag {
        case nil: return isPlain ? Scalars.resolve(scalarBytes) : .string(rawText)
        case "!reset", "!!str", "!!binary", "!!merge": return try text(taggedBinary: tag == "!!binary")
        case let tag?: return try tagged(tag)
        }
    }

    private func text(taggedBinary: Bool) throws(YAMLFailure) -> Value {
        guard taggedBinary else { return .string(rawText) }
        guard let bytes = Base64.decode(scalarBytes) else {
            throw YAMLFailure("!!binary is not base64", at: events.mark)
        }
        return .string(String(decoding: bytes, as: UTF8.self))
    }

    /// A scalar with a tag must be of that type; with one of an application's own, `!override` too, it is text.
    private func tagged(_ tag: String) throws(YAMLFailure) -> Value {
        guard tag.hasPrefix("!!") else { return .string(rawText) }
        let value = Scalars.resolve(scalarBytes)
        switch (tag, value) {
        case ("!!null", .null), ("!!bool", .bool), ("!!int", .integer), ("!!int", .unsigned), ("!!float", .float),
            ("!!timestamp", .timestamp):
            return value
        case ("!!float", .integer(let number)):
            return .float(Double(number))
        default:
            throw YAMLFailure("\"\(rawText)\" cannot be read as \(tag)", at: events.mark)
        }
    }
}
