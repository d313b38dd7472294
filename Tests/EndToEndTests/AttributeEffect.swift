import LinuxSystem
import Testing

/// What an attribute of the Compose file brings about, as a command sees it.
struct Effect: Sendable {
    /// Where the command runs.
    enum Place: Sendable, Hashable {
        /// A shell in the first container of a service.
        case inside(String)
        /// The binary in the project's folder; the words are its arguments. What it says on either output counts.
        case compose
        /// A shell of the host in the project's folder.
        case host
    }

    /// What the output is: the text, something with the text in it, or anything without it.
    enum Expectation: Sendable {
        case equals(String)
        case has(String)
        case lacks(String)
    }

    let place: Place
    let command: String
    let expectation: Expectation
    /// Their paths as docs/compose-file.md has them.
    let attributes: [String]

    /// - Parameter attributes: below `services.*.`, with blanks between them; after `/` from the top of the file.
    init(_ place: Place, _ command: String, _ expectation: Expectation, _ attributes: String) {
        self.place = place
        self.command = command
        self.expectation = expectation
        self.attributes = attributes.split(separator: " ").map {
            $0.hasPrefix("/") ? String($0.dropFirst()) : "services.*.\($0)"
        }
    }

    func isMet(by output: String) -> Bool {
        switch expectation {
        case .equals(let text): output == text
        case .has(let text): output.contains(text)
        case .lacks(let text): !output.contains(text)
        }
    }
}

/// A project whose services show effects, and what is done before they are looked at.
struct EffectGroup: Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    var files: [String: String] = [:]
    var up = ["up", "-d"]
    let effects: [Effect]

    var testDescription: String { name }
}

extension EndToEnd {
    /// For each attribute that the loader's table says is acted upon there is something that shows it.
    struct Attributes {
        /// The rows of docs/compose-file.md that have a mark; a unit test holds that document against the table.
        private static func acted() throws -> [String] {
            let document = try #require(Files.text("docs/compose-file.md"), "the tests start in the package's folder")
            return document.split(separator: "\n").compactMap { row in
                let cells = row.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
                guard cells.count == 2, cells[0].hasPrefix("`"), cells[1].hasPrefix("✓") else { return nil }
                return String(cells[0].dropFirst().dropLast())
            }
        }

        @Test
        func everyAttributeThatIsActedUponIsShownToHaveAnEffect() throws {
            let acted = try Self.acted()
            #expect(acted.count > 200)
            let shown = Set(EffectGroup.all.flatMap { $0.effects.flatMap(\.attributes) })
                .union(EffectGroup.elsewhere.keys).union(EffectGroup.unshown.keys)
            #expect(acted.filter { !shown.contains($0) } == [], "they need an effect in AttributeEffects")
            #expect(shown.filter { !acted.contains($0) }.sorted() == [], "nothing acts on them")
        }

        @Test
        func theOtherTestsAreThere() throws {
            let folder = "Tests/EndToEndTests"
            let sources = try Files.list(folder).filter { $0.hasSuffix(".swift") }
                .compactMap { Files.text("\(folder)/\($0)") }
            for (attribute, test) in EffectGroup.elsewhere {
                #expect(sources.contains { $0.contains("func \(test)()") }, "\(attribute): there is no test \(test)")
            }
        }

        @Test(arguments: EffectGroup.all)
        func attributesDoWhatTheySay(group: EffectGroup) throws {
            let disk = Host.run(["/usr/bin/lsblk", "-dnpo", "NAME"]).first ?? "/dev/vda"
            let architecture = Host.run(["/usr/bin/dpkg", "--print-architecture"]).first ?? "amd64"
            let file = group.file.replacing("@DISK@", with: disk)
                .replacing("@PLATFORM@", with: "linux/\(architecture)")
            try Project.with(file, files: group.files) { project in
                if !group.up.isEmpty { try project.compose(group.up).succeeds() }
                var rest = group.effects[...]
                while let place = rest.first?.place {
                    let batch = Array(rest.prefix { $0.place == place })
                    rest = rest.dropFirst(batch.count)
                    for (effect, output) in zip(batch, try outputs(of: batch, at: place, project)) {
                        #expect(
                            effect.isMet(by: output),
                            "\(effect.attributes.joined(separator: ", ")): `\(effect.command)` gives \"\(output)\"")
                    }
                }
            }
        }

        private func outputs(of effects: [Effect], at place: Effect.Place, _ project: Project) throws -> [String] {
            switch place {
            case .inside(let service):
                let script = effects.enumerated().map { "echo @@\($0); { \($1.command); } 2>&1" }
                let outcome = try project.compose(
                    ["exec", "-T", service, "sh", "-c", script.joined(separator: "\n")])
                return split(outcome.output, into: effects.count)
            case .compose:
                return try effects.map { effect in
                    let outcome = try project.compose(effect.command.split(separator: " ").map(String.init))
                    return (outcome.output + outcome.errors).trimmedLines
                }
            case .host:
                return try effects.map { effect in
                    let line = effect.command.replacing("@BINARY@", with: Binary.path)
                    let command = try Command(
                        ["/bin/sh", "-c", line], environment: project.environment,
                        directory: project.folder + "/project")
                    return try command.finish().output.trimmedLines
                }
            }
        }

        private func split(_ output: String, into count: Int) -> [String] {
            (0..<count).map { index in
                guard let start = output.firstRange(of: "@@\(index)\n")?.upperBound else { return "(nothing)" }
                let rest = output[start...]
                return String(rest[..<(rest.firstRange(of: "@@\(index + 1)\n")?.lowerBound ?? rest.endIndex)])
                    .trimmedLines
            }
        }
    }
}

extension String {
    /// Without the line breaks at its end.
    fileprivate var trimmedLines: String {
        String(reversed().drop(while: \.isNewline).reversed())
    }
}
