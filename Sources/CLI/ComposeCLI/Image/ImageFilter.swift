internal import EngineModel
internal import ImageStore
internal import Primitives

/// What `--filter` of the image commands chooses.
struct ImageFilter {
    /// Whether an image has no tag.
    var dangling: Bool?
    /// Names, names and tags, or patterns of them with `*` and `?`: one of them has to fit.
    private(set) var references: [String] = []
    /// All of them; a value of nil is any.
    private var labels: [(key: String, value: String?)] = []
    private var withoutLabels: [(key: String, value: String?)] = []
    /// Made before and after these times.
    private var before: Instant?
    private var since: Instant?

    /// - Parameters:
    ///   - known: the filters that the command takes.
    ///   - images: where `before` and `since` find the images that they name; nil for commands that know neither.
    init(_ texts: [String], known: Set<String>, _ images: ImageStore? = nil) throws {
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[1].isEmpty else {
                throw CommandError("invalid filter \"\(text)\"", hint: "write KEY=VALUE")
            }
            guard known.contains(parts[0]) else {
                throw CommandError(
                    "invalid filter \"\(parts[0])\"",
                    hint: "the known ones are \(known.sorted().joined(separator: ", "))")
            }
            try add(parts[0], parts[1], images)
        }
    }

    private mutating func add(_ key: String, _ value: String, _ images: ImageStore?) throws {
        switch key {
        case "reference": references.append(value)
        case "label": labels.append(Self.label(value))
        case "label!": withoutLabels.append(Self.label(value))
        case "dangling":
            guard let on = RootOptions.boolean(value) else {
                throw CommandError("invalid filter \"dangling=\(value)\"", hint: "dangling is true or false")
            }
            dangling = on
        case "until": before = try TimeText.instant(value)
        default:
            guard let image = try images?.resolve(value) else {
                throw EngineError(.notFound, "image \(value)", "there is no such image")
            }
            let created = image.summary.created ?? image.summary.stored
            if key == "before" { before = created } else { since = created }
        }
    }

    mutating func add(reference: String) { references.append(reference) }

    private static func label(_ text: String) -> (String, String?) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }

    var isEmpty: Bool {
        labels.isEmpty && withoutLabels.isEmpty && references.isEmpty && dangling == nil && !hasTime && since == nil
    }

    /// Whether a time of creation matters.
    var hasTime: Bool { before != nil }

    /// The time that `until` gives.
    var until: Instant? { before }

    /// Whether it is empty but for `until`.
    var choosesByTimeOnly: Bool {
        var rest = self
        rest.before = nil
        return rest.isEmpty
    }

    func matches(_ image: StoredImage) -> Bool {
        let summary = image.summary
        if let dangling, summary.tags.isEmpty != dangling { return false }
        guard matches(labels: summary.labels, created: summary.created ?? summary.stored) else { return false }
        return references.isEmpty || (summary.tags + image.repositoryDigests).contains { matches(name: $0) }
    }

    /// Whether labels and times take a thing.
    func matches(labels present: [String: String], created: Instant) -> Bool {
        func has(_ label: (key: String, value: String?)) -> Bool {
            present[label.key].map { label.value == nil || $0 == label.value } ?? false
        }
        guard labels.allSatisfy(has), !withoutLabels.contains(where: has) else { return false }
        if let before, created >= before { return false }
        if let since, created <= since { return false }
        return true
    }

    /// Whether one of an image's names is to be shown.
    func matches(name: String) -> Bool {
        if references.isEmpty { return true }
        let repository = String(name.prefix { $0 != "@" })
        let candidates = [name, Self.parts(repository).repository]
        return references.contains { pattern in
            candidates.contains { Self.fits(Array($0), Array(pattern)[...]) }
        }
    }

    /// Repository and tag; a colon before a slash belongs to a port.
    static func parts(_ name: String) -> (repository: String, tag: String) {
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return (name, "<none>") }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }

    private static func fits(_ text: [Character], _ pattern: ArraySlice<Character>) -> Bool {
        var text = text[...]
        var pattern = pattern
        var star: (text: ArraySlice<Character>, pattern: ArraySlice<Character>)?
        while let character = text.first {
            if let wanted = pattern.first, wanted == "*" {
                pattern = pattern.dropFirst()
                star = (text, pattern)
            } else if let wanted = pattern.first, wanted == character || (wanted == "?" && character != "/") {
                text = text.dropFirst()
                pattern = pattern.dropFirst()
            } else if let last = star, last.text.first != "/" {
                star = (last.text.dropFirst(), last.pattern)
                text = last.text.dropFirst()
                pattern = last.pattern
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == "*" }
    }
}
