public import Primitives

/// The template of the option `tag`: text with `{{.ID}}`, `{{.Name}}` and their like.
public struct LogTag: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case text(String)
        case field(String)
    }

    /// What Docker uses where no tag is given: the short id.
    public static let standard = LogTag([.field("ID")])

    private let pieces: [Piece]

    private init(_ pieces: [Piece]) {
        self.pieces = pieces
    }

    /// Fails for what is not a template, or names a field that there is not.
    public init(_ template: String) throws(GrammarError) {
        var pieces: [Piece] = []
        var rest = template[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<open.lowerBound]))) }
            let inner = rest[open.upperBound...]
            let offset = template.utf8.distance(from: template.startIndex, to: open.lowerBound)
            guard let close = inner.firstRange(of: "}}") else {
                throw GrammarError("has an action that is not closed", in: template, at: offset)
            }
            let words = inner[..<close.lowerBound].split(separator: " ")
            guard words.count == 1, words[0].first == ".", Self.fields[String(words[0].dropFirst())] != nil else {
                throw GrammarError("names a field that there is not", in: template, at: offset)
            }
            pieces.append(.field(String(words[0].dropFirst())))
            rest = inner[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    /// The tag of a container.
    public func text(of subject: LogSubject) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .field(let name): Self.fields[name].map { $0(subject) } ?? ""
            }
        }.joined()
    }

    private static let fields: [String: @Sendable (LogSubject) -> String] = [
        "ID": { $0.shortID },
        "FullID": { $0.id },
        "Name": { $0.name },
        "ImageID": { String($0.imageID.prefix(12)) },
        "ImageFullID": { $0.imageID },
        "ImageName": { $0.imageName },
        "Command": { $0.command },
        "ContainerID": { $0.id },
        "ContainerName": { "/" + $0.name },
        "ContainerImageID": { $0.imageID },
        "ContainerImageName": { $0.imageName },
        "DaemonName": { _ in "docker" },
    ]
}
