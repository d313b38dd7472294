/// Something to say about a Compose file, with its place.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    /// File as the user named it; nil when the matter has no place in a file.
    public var file: String?
    /// From 1; 0 is unknown.
    public var line: Int
    /// From 1; 0 is unknown.
    public var column: Int
    /// `services.web.ports[0]`; empty for the whole file.
    public var path: String
    /// What is wrong, without place and path.
    public var message: String
    /// The line of the file, or what surrounds the place in a long one, without control characters; nil if unknown.
    public var source: SourceLine?

    /// A single problem; `path` and `file` name its place.
    public init(_ message: String, path: String = "", file: String? = nil, line: Int = 0, column: Int = 0) {
        self.message = message
        self.path = path
        self.file = file
        self.line = line
        self.column = column
    }

    /// `compose.yaml:12:7`
    var place: String? {
        guard let file else { return nil }
        return line > 0 ? "\(file):\(line):\(column)" : file
    }

    /// `compose.yaml:12:7: services.web.ports[0]: "80a" is not a port`
    public var description: String {
        var text = place.map { $0 + ": " } ?? ""
        if !path.isEmpty { text += "\(path): " }
        return text + message
    }
}

/// A line of a file to show.
public struct SourceLine: Sendable, Hashable {
    /// Without its line break.
    public var text: String
    /// Characters before the place in question.
    public var offset: Int
}

/// Why a project could not be loaded: at least one problem, in the order of the file.
public struct LoadFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Those that are listed; never empty.
    public var problems: [Diagnostic]
    /// How many more there are that are not listed.
    public var more = 0

    public init(_ problems: [Diagnostic]) {
        self.problems = problems
    }

    /// A single problem; `path` and `file` name its place.
    public init(_ message: String, path: String = "", file: String? = nil) {
        self.problems = [Diagnostic(message, path: path, file: file)]
    }

    public var description: String {
        problems.map(\.description).joined(separator: "\n") + (more > 0 ? "\nand \(more) more" : "")
    }
}
