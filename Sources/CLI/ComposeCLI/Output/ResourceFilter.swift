internal import Primitives

/// What `--filter` of the lists of volumes and networks chooses: of one kind any has to hold, of all kinds one each.
struct ResourceFilter {
    private var values: [String: [String]] = [:]

    /// - Parameter known: the filters that the command takes.
    init(_ texts: [String], known: Set<String>) throws(CommandError) {
        for text in texts {
            let filter = Assignment(parsing: text)
            guard let value = filter.value else {
                throw CommandError("invalid filter \"\(text)\"", hint: "write KEY=VALUE")
            }
            guard known.contains(filter.name) else {
                throw CommandError(
                    "invalid filter '\(filter.name)'",
                    hint: "the known ones are \(known.sorted().joined(separator: ", "))")
            }
            values[filter.name, default: []].append(value)
        }
        for text in values["dangling"] ?? [] where RootOptions.boolean(text) == nil {
            throw CommandError("invalid filter 'dangling=\(text)'", hint: "it is true or false")
        }
    }

    /// Whether `--filter dangling` asks for those that nothing uses, or for those that something uses; nil: for neither.
    var dangling: Bool? { values["dangling"]?.last.flatMap(RootOptions.boolean) }

    /// Whether one of the values of `key` is a part of `text`, or there are none.
    func contains(_ key: String, _ text: String) -> Bool { values[key]?.contains { text.contains($0) } ?? true }

    /// Whether one of the values of `key` begins `text`, or there are none.
    func begins(_ key: String, _ text: String) -> Bool { values[key]?.contains { text.hasPrefix($0) } ?? true }

    /// Whether `text` is one of the values of `key`, or there are none.
    func equals(_ key: String, _ text: String) -> Bool { values[key]?.contains(text) ?? true }

    /// Whether all labels asked for are there.
    func matches(labels: [String: String]) -> Bool {
        (values["label"] ?? []).allSatisfy { text in
            let wanted = Assignment(parsing: text)
            return labels[wanted.name].map { wanted.value == nil || wanted.value == $0 } ?? false
        }
    }
}
