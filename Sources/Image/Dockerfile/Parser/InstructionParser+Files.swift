/// FROM, COPY and ADD.
struct FromInstruction {
    var base: String
    var platform: String?
    /// As written.
    var name: String?
    /// `AS` as written.
    var keyword: String?

    init(_ text: InstructionText) throws(SyntaxError) {
        let options = try InstructionOptions(text.options, ["platform": .value])
        platform = options.value("platform")
        let words = splitFields(text.arguments)
        guard words.count == 1 || words.count == 3 && words[1].lowercased() == "as" else {
            throw SyntaxError("it takes an image and, if wanted, a name", hint: "write FROM IMAGE [AS NAME]")
        }
        base = words[0]
        guard words.count == 3 else { return }
        keyword = words[1]
        name = words[2]
        let bytes = Array(words[2].utf8)
        guard bytes[0].isLetter, bytes.allSatisfy({ $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }) else {
            throw SyntaxError(
                "\"\(words[2].prefix(100))\" is not a stage's name",
                hint: "it begins with a letter; letters, digits, -, _ and . follow")
        }
    }
}

extension InstructionParser {
    func copy() throws(SyntaxError) -> CopyInstruction {
        let options = try InstructionOptions(
            text.options,
            [
                "from": .value, "chown": .value, "chmod": .value, "link": .flag, "parents": .flag,
                "exclude": .values,
            ])
        var copy = try files(options)
        copy.from = options.value("from")
        copy.parents = options.flag("parents") ?? false
        return copy
    }

    func add() throws(SyntaxError) -> AddInstruction {
        let options = try InstructionOptions(
            text.options,
            [
                "chown": .value, "chmod": .value, "link": .flag, "exclude": .values, "checksum": .value,
                "keep-git-dir": .flag, "unpack": .flag,
            ])
        return AddInstruction(
            files: try files(options), checksum: options.value("checksum"),
            keepGitDirectory: options.flag("keep-git-dir") ?? false, unpack: options.flag("unpack"))
    }

    private func files(_ options: InstructionOptions) throws(SyntaxError) -> CopyInstruction {
        let words = try list()
        guard words.count >= 2, let destination = words.last else {
            throw SyntaxError("it has no destination", hint: "write \(text.name.uppercased()) SOURCE… DESTINATION")
        }
        guard Heredoc(word: destination) == nil || line.heredocs.isEmpty else {
            throw SyntaxError("a heredoc cannot be the destination")
        }
        var copy = CopyInstruction(sources: [], destination: destination)
        for word in words.dropLast() {
            if let name = Heredoc(word: word)?.name, let heredoc = line.heredocs.last(where: { $0.name == name }) {
                copy.heredocs.append(.init(name: name, content: heredoc.content, expands: heredoc.expands))
            } else {
                copy.sources.append(word)
            }
        }
        copy.owner = options.value("chown")
        copy.mode = options.value("chmod")
        copy.link = options.flag("link") ?? false
        copy.exclude = options.values("exclude")
        return copy
    }
}
