/// A mount as the short form asks for it, `[SOURCE:]TARGET[:OPTIONS]`: a Compose file's `volumes`, `run --volume`.
public struct VolumeMapping: Hashable, Sendable {
    /// What is mounted.
    public enum Source: Hashable, Sendable {
        /// A volume without a name.
        case anonymous
        /// A volume's name.
        case volume(String)
        /// A path of the host, as it is spelled: relative ones (`./data`) and `~` stand for what the caller makes of them.
        case path(String)
    }

    /// Named volume, path, or nothing: a target alone is an anonymous volume.
    public var source: Source
    /// As it is spelled; not empty.
    public var target: String
    /// `ro`.
    public var readOnly = false
    /// What the image has at the target is not copied into a new volume.
    public var noCopy = false
    /// `rshared` and its like; nil leaves it to the engine.
    public var propagation: MountPropagation?
    /// `z` or `Z`; nil leaves the label as it is.
    public var selinux: SELinuxLabel?
    /// Options that mean nothing, in their order; docker compose takes and forgets them.
    public var unknownOptions: [String] = []

    public init(source: Source, target: String) {
        self.source = source
        self.target = target
    }

    /// Whether a path of the host is mounted.
    public var isBind: Bool {
        if case .path = source { true } else { false }
    }
}

extension VolumeMapping {
    /// The words that mean something as an option.
    public static let options: [String] =
        ["ro", "rw", "nocopy", "z", "Z", "cached", "delegated", "consistent"]
        + MountPropagation.allCases.map(\.rawValue)

    /// Reads the short form by the rules of docker compose: a letter before a colon is a Windows drive, colons inside
    /// `${…}` do not separate, a text of one or two characters is all target, unknown options are ignored.
    public init(_ text: String) throws(GrammarError) {
        guard !text.isEmpty else { throw GrammarError("is not a mount, use SOURCE:TARGET:OPTIONS", in: text) }
        guard text.utf8.count > 2 else {
            self.init(source: .anonymous, target: text)
            return
        }
        let fields = Self.fields(text)
        if fields.count > 3 {
            let reason = "has too many colons, use SOURCE:TARGET:OPTIONS"
            throw GrammarError(reason, in: text, at: text.index(before: fields[3].startIndex))
        }
        if let empty = fields.first(where: \.isEmpty) {
            throw GrammarError("has an empty section between colons", in: text, at: empty.startIndex)
        }
        if fields.count == 1 {
            self.init(source: .anonymous, target: text)
            return
        }
        let source = String(fields[0])
        self.init(source: Self.isPath(source) ? .path(source) : .volume(source), target: String(fields[1]))
        for option in fields.dropFirst(2).first?.split(separator: ",") ?? [] { set(String(option)) }
    }

    private static func fields(_ text: String) -> [Substring] {
        var fields: [Substring] = []
        var start = text.startIndex
        var braces = 0
        var previous: Character = " "
        for index in text.indices {
            let character = text[index]
            if character == "{", previous == "$" { braces += 1 }
            if character == "}", braces > 0 { braces -= 1 }
            previous = character
            guard character == ":", braces == 0 else { continue }
            let field = text[start..<index]
            if field.count == 1, field.allSatisfy(\.isLetter) { continue }
            fields.append(field)
            start = text.index(after: index)
        }
        return fields + [text[start...]]
    }

    private mutating func set(_ option: String) {
        switch option {
        case "ro": readOnly = true
        case "rw": readOnly = false
        case "nocopy": noCopy = true
        case "cached", "delegated", "consistent": break
        default:
            if let word = MountPropagation(rawValue: option) {
                propagation = word
            } else if let label = SELinuxLabel(rawValue: option) {
                selinux = label
            } else {
                unknownOptions.append(option)
            }
        }
    }

    private static func isPath(_ source: String) -> Bool {
        if [".", "/", "~", "\\\\"].contains(where: source.hasPrefix) { return true }
        let start = source.prefix(2)
        return start.last == ":" && start.first?.isLetter ?? false
    }
}
