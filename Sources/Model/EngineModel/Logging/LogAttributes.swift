public import Primitives

/// What a logging driver is told of a container.
public struct LogSubject: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    /// Without a slash.
    public var name: String
    /// `sha256:…`
    public var imageID: String
    /// As the container was made from it.
    public var imageName: String
    /// The program and its arguments.
    public var arguments: [String]
    /// When it was made.
    public var created: Instant
    /// `NAME=VALUE`, those of the image as well.
    public var environment: [String]
    /// Those of the image and its own.
    public var labels: [String: String]

    public init(_ container: Container, environment: [String]) {
        id = container.id
        name = container.name
        imageID = container.imageID
        imageName = container.configuration.image
        arguments = container.arguments
        created = container.created
        self.environment = environment
        labels = container.labels
    }

    /// 12 digits.
    public var shortID: String { String(id.prefix(12)) }
    /// The program and its arguments in one text.
    public var command: String { arguments.joined(separator: " ") }
}

/// What a message says of its container: the options `tag`, `labels`, `env` and their regular expressions.
public struct LogAttributes: Sendable, Hashable {
    /// nil is the driver's own.
    public private(set) var tag: LogTag?
    private var labels: [String] = []
    private var labelPattern: String?
    private var variables: [String] = []
    private var variablePattern: String?

    init() {}

    init(_ reader: inout LogOptionReader) {
        func list(_ option: String) -> [String] {
            reader.text(option).map { $0.split(separator: ",").map(String.init) } ?? []
        }
        labels = list("labels")
        variables = list("env")
        labelPattern = Self.pattern("labels-regex", &reader)
        variablePattern = Self.pattern("env-regex", &reader)
        guard let template = reader.text("tag") else { return }
        do throws(LogProblem) {
            tag = try LogTag(template)
        } catch {
            reader.wrong(error.option, error.reason)
        }
    }

    private static func pattern(_ option: String, _ reader: inout LogOptionReader) -> String? {
        guard let text = reader.text(option) else { return nil }
        if (try? Regex(text)) != nil { return text }
        reader.wrong(option, "error parsing regexp: `\(text)`")
        return nil
    }

    /// Chosen labels and variables with their values.
    ///
    /// - Parameter key: how a name is written.
    public func extra(of subject: LogSubject, key: (String) -> String = { $0 }) -> [String: String] {
        var extra: [String: String] = [:]
        var environment: [String: String] = [:]
        for assignment in subject.environment {
            let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
        }
        for (values, names, pattern) in [
            (subject.labels, labels, labelPattern), (environment, variables, variablePattern),
        ] {
            let regex = pattern.flatMap { try? Regex($0) }
            for (name, value) in values where names.contains(name) || regex.map({ name.contains($0) }) ?? false {
                extra[key(name)] = value
            }
        }
        return extra
    }
}
