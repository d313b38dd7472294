internal import ArgumentParser
internal import Engine
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

struct ImageListCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(commandName: "compose image ls", abstract: "List images")

    @Flag(name: .shortAndLong, help: "Accepted for docker's sake: there are no intermediate images")
    var all = false
    @Flag(help: "Show digests")
    var digests = false
    @Option(name: .shortAndLong, help: "Show only images that match, for example dangling=true; may be repeated")
    var filter: [String] = []
    @Option(help: "Format the output: table, json, or a template")
    var format = "table"
    @Flag(help: "Don't truncate the output")
    var noTrunc = false
    @Flag(name: .shortAndLong, help: "Only show image IDs")
    var quiet = false
    @Argument(help: "NAME[:TAG]")
    var name: String?

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
        var filters = try filter.map { try ImageFilter($0) }
        if let name { filters.append(.reference(name)) }
        let found = try images.list().filter { image in filters.allSatisfy { $0.matches(image.summary) } }
        if quiet {
            for image in found { context.output.line(shown(image.id)) }
            return 0
        }
        var columns = [("REPOSITORY", "Repository"), ("TAG", "Tag")]
        if digests { columns.append(("DIGEST", "Digest")) }
        columns += [("IMAGE ID", "ID"), ("CREATED", "CreatedSince"), ("SIZE", "Size")]
        let records = found.flatMap { image -> [RecordFields] in
            let tags = image.summary.tags.filter { tag in
                filters.allSatisfy { $0.matches(image.summary, tag: tag) }
            }
            return (tags.isEmpty ? ["<none>:<none>"] : tags).map { record(image.summary, name: $0) }
        }
        try context.printRecords(records, columns: columns, format)
        return 0
    }

    private func shown(_ id: String) -> String { noTrunc ? id : String(id.dropFirst(7).prefix(12)) }

    private func record(_ image: Image, name: String) -> RecordFields {
        let (repository, tag) = ImageFilter.parts(name)
        let size = HumanText.size(image.size)
        return [
            ("Containers", "N/A"), ("CreatedAt", image.created?.rfc3339 ?? ""),
            ("CreatedSince", image.created.map { HumanText.ago(since: $0, now: .now()) } ?? "N/A"),
            ("Digest", "<none>"), ("ID", shown(image.id)), ("Repository", repository), ("SharedSize", "N/A"),
            ("Size", size), ("Tag", tag), ("UniqueSize", "N/A"), ("VirtualSize", size),
        ]
    }
}

/// One `--filter` of `image ls`.
enum ImageFilter: Equatable {
    /// A name, a name and tag, or a pattern of them with `*` and `?`.
    case reference(String)
    case dangling(Bool)
    /// A value of nil is any.
    case label(String, String?)

    init(_ text: String) throws(CommandError) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw CommandError("invalid filter \"\(text)\"", hint: "write KEY=VALUE") }
        switch parts[0] {
        case "reference": self = .reference(parts[1])
        case "dangling":
            guard let on = RootOptions.boolean(parts[1]) else {
                throw CommandError("invalid filter \"\(text)\"", hint: "dangling is true or false")
            }
            self = .dangling(on)
        case "label":
            let label = parts[1].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            self = .label(label[0], label.count == 2 ? label[1] : nil)
        default:
            throw CommandError(
                "there is no filter \"\(parts[0])\" for images", hint: "known are dangling, label and reference")
        }
    }

    func matches(_ image: Image) -> Bool {
        switch self {
        case .reference: image.tags.contains { matches(image, tag: $0) }
        case .dangling(let on): image.tags.isEmpty == on
        case .label(let key, let value): image.labels[key].map { value == nil || $0 == value } ?? false
        }
    }

    /// Whether one of the image's names is to be shown.
    func matches(_ image: Image, tag: String) -> Bool {
        guard case .reference(let pattern) = self else { return true }
        let (repository, _) = Self.parts(tag)
        return Self.fits(Array(tag), Array(pattern)[...]) || Self.fits(Array(repository), Array(pattern)[...])
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
