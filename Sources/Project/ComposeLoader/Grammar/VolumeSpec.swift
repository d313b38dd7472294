/// The short form of a mount: `[SOURCE:]TARGET[:OPTIONS]`.
struct VolumeSpec {
    struct Failure: Error {
        var message: String
    }

    var source = ""
    var target = ""
    var readOnly = false
    var nocopy = false
    var propagation: String?
    var selinux: String?

    /// Whether the source is a path and not a volume's name.
    var isBind: Bool { Self.isPath(source) }
    /// A target of one or two letters is all there is to the mount.
    private(set) var isBare = false

    /// A letter before a colon is a Windows drive. Colons inside `${…}` do not separate.
    init(_ text: String) throws(Failure) {
        guard !text.isEmpty else { throw Failure(message: "a mount cannot be empty") }
        if text.utf8.count <= 2 {
            target = text
            isBare = true
            return
        }
        var field = ""
        var braces = 0
        var previous: Character = " "
        for character in text {
            if character == "{", previous == "$" { braces += 1 }
            if character == "}", braces > 0 { braces -= 1 }
            previous = character
            if character == ":", braces == 0, !(field.count == 1 && field.allSatisfy(\.isLetter)) {
                try add(field, last: false, of: text)
                field = ""
            } else {
                field.append(character)
            }
        }
        try add(field, last: true, of: text)
    }

    private mutating func add(_ field: String, last: Bool, of text: String) throws(Failure) {
        if field.isEmpty { throw Failure(message: "\"\(text)\" has an empty section between colons") }
        if source.isEmpty {
            if last { target = field } else { source = field }
        } else if target.isEmpty {
            target = field
        } else if !last {
            throw Failure(message: "\"\(text)\" has too many colons, use SOURCE:TARGET:OPTIONS")
        } else {
            for option in field.split(separator: ",") { set(String(option)) }
        }
    }

    /// Unknown options are ignored, as docker compose does.
    private mutating func set(_ option: String) {
        switch option {
        case "ro": readOnly = true
        case "rw": readOnly = false
        case "nocopy": nocopy = true
        case "rprivate", "private", "rshared", "shared", "rslave", "slave": propagation = option
        case "z", "Z": selinux = option
        default: break
        }
    }

    static func isPath(_ source: String) -> Bool {
        switch source.first {
        case nil: return false
        case ".", "/", "~": return true
        default: break
        }
        if source.hasPrefix("\\\\") { return true }
        let second = source.dropFirst().first
        return second == ":" && (source.first?.isLetter ?? false)
    }
}
