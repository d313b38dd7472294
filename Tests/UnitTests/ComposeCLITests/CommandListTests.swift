import ArgumentParser
import Testing

@testable import ComposeCLI

struct CommandListTests {
    @Test
    func namesAndTypesOccurOnceInOrder() {
        #expect(Set(CommandList.all.map(\.path)).count == CommandList.all.count)
        #expect(Set(CommandList.all.map { ObjectIdentifier($0.type) }).count == CommandList.all.count)
        for list in [CommandList.commands] + CommandList.groups.map(\.commands) {
            #expect(list.map(\.name) == list.map(\.name).sorted())
        }
        for group in CommandList.groups {
            #expect(group.commands.allSatisfy { $0.path == "\(group.name) \($0.name)" })
        }
    }

    @Test
    func wordsLeadToACommandAGroupOrTheRoot() throws {
        guard case .command(let entry, let words) = try CommandList.target(of: ["image", "list", "-q"]) else {
            Issue.record("`image list` is a command")
            return
        }
        #expect(entry.path == "image ls" && words == ["-q"])
        guard case .group(let group) = try CommandList.target(of: ["system", "--help"]) else {
            Issue.record("`system` is a group")
            return
        }
        #expect(group.name == "system")
        for words in [["nosuch"], ["image", "nosuch"], ["image", "--bogus"]] {
            #expect(throws: CommandError.self) { try CommandList.target(of: words) }
        }
    }

    @Test(arguments: CommandList.all.map(\.path))
    func eachFlagOfEachCommandCanBeGivenAloneAsTrueAndAsFalse(_ path: String) throws {
        let entry = try #require(CommandList.all.first { $0.path == path })
        let syntax = try entry.syntax()
        var changed: [String] = []
        for option in syntax.options where option.isFlag && option != .dryRun {
            func read(_ words: String...) throws -> [String] { try CommandLineWords(words, syntax).words }
            let on = option.isOn ? [] : ["--\(option.name)"]
            let off = option.isOn ? ["--\(try #require(option.off))"] : []
            for name in option.names {
                #expect(try read("--\(name)") == on && read("--\(name)=true") == on, "--\(name)")
                #expect(try read("--\(name)=false") == off && read("--\(name)", "--\(name)=0") == off, "--\(name)")
                #expect(throws: CommandError.self) { try read("--\(name)=maybe") }
            }
            if let letter = option.letter {
                #expect(try read("-\(letter)") == on && read("-\(letter)=false") == off, "-\(letter)")
            }
            if let opposite = option.off {
                #expect(try read("--\(opposite)") == off && read("--\(opposite)=false") == on, "--\(opposite)")
            }
            changed += option.isOn ? off : on
        }
        let arguments = syntax.arguments.filter { !$0.hasPrefix("[") }
        let plain = try entry.type.parse(words: CommandLineWords(arguments, syntax))
        let parsed = try entry.type.parse(words: CommandLineWords(changed + arguments, syntax))
        #expect(changed.isEmpty || "\(plain)" != "\(parsed)")
    }

    @Test
    func dryRunIsTakenWhereItMeansSomethingBeforeAndAfterTheCommand() throws {
        for entry in CommandList.all {
            let syntax = try entry.syntax()
            if entry.hasDryRun {
                #expect(try CommandLineWords(["--dry-run"], syntax).dryRun)
                #expect(try !CommandLineWords(["--dry-run=false"], syntax).dryRun)
            } else {
                #expect(throws: CommandError.self) { try CommandLineWords(["--dry-run"], syntax) }
            }
        }
    }

    @Test
    func eachFlagOfTheRootCanBeGivenAloneAsTrueAndAsFalse() throws {
        for option in RootOptions.syntax.options where option.isFlag {
            for name in option.names {
                let on = try RootOptions(["--\(name)"])
                let off = try RootOptions(["--\(name)=false"])
                #expect(on != off && off == RootOptions(), "--\(name)")
                #expect(try RootOptions(["--\(name)=true"]) == on)
            }
        }
    }

    @Test
    func eachValueOfTheRootIsTakenOver() throws {
        for option in RootOptions.syntax.options where !option.isFlag {
            for name in option.names { #expect(try RootOptions(["--\(name)", "7"]) != RootOptions(), "--\(name)") }
        }
    }

    @Test
    func eachOptionThatIsANumberSaysSoAndTakesNoText() throws {
        for entry in CommandList.all {
            let syntax = try entry.syntax()
            let numbers: [CommandOption.Kind] = [.value(type: "int"), .value(type: "bytes")]
            for option in syntax.options where !option.isFlag && !numbers.contains(option.kind) {
                let words = try CommandLineWords(["--\(option.name)=x"], syntax).words
                do {
                    _ = try entry.type.parse(words: CommandLineWords(words + ["one"], syntax))
                } catch {
                    #expect(!error.message.contains("is invalid for"), "\(entry.path) --\(option.name)")
                }
            }
        }
    }

    /// What docker compose 2.40.3 has and this program does not: `Golden/docker-compose-2.40.3.txt` holds all that its
    /// help lists. docs/differences.md says it too.
    private static let missing: Set<String> = []

    @Test
    func dockerComposesOptionsAreThereWithItsLettersAndKindsOfValues() throws {
        for line in GoldenFile("docker-compose-2.40.3.txt").text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            let syntax =
                words[0] == "compose"
                ? RootOptions.syntax
                : try #require(CommandList.commands.first { $0.name == words[0] }).syntax()
            guard let option = syntax.option(named: String(words[1].dropFirst(2))) else {
                #expect(Self.missing.contains("\(words[0]) \(words[1])"), "\(line)")
                continue
            }
            var ours = "\(words[0]) --\(option.name)" + (option.letter.map { " -\($0)" } ?? "")
            if case .value(let type) = option.kind { ours += " \(type)" }
            #expect(ours == line)
        }
    }
}

struct HelpTests {
    @Test(arguments: CommandList.all.map(\.path))
    func theHelpOfEachCommand(_ path: String) throws {
        let entry = try #require(CommandList.all.first { $0.path == path })
        #expect(GoldenFile("Help/\(path).txt").has(try HelpPage().command(entry)), "run `make golden`")
    }

    @Test(arguments: CommandList.groups.map(\.name))
    func theHelpOfEachGroup(_ name: String) throws {
        let group = try #require(CommandList.groups.first { $0.name == name })
        #expect(GoldenFile("Help/\(name).txt").has(HelpPage().group(group)), "run `make golden`")
    }

    @Test
    func theHelpOfComposeItself() throws {
        #expect(GoldenFile("Help/compose.txt").has(try HelpPage().root()), "run `make golden`")
    }

    @Test
    func longTextsGoOnBelowTheirBeginningAndWideOptionsPushThemToALineOfTheirOwn() throws {
        let entry = try #require(CommandList.commands.first { $0.name == "version" })
        for width in [48, 60, 79] {
            let lines = try HelpPage(width: width).command(entry).split(separator: "\n")
            #expect(lines.drop { $0 != "Options:" }.allSatisfy { $0.count < width }, "\(width)")
        }
    }

    @Test
    func docsCommandsMdIsWhatTheListSays() throws {
        #expect(GoldenFile.inRepository("docs/commands.md").has(try CommandReference.text()), "run `make golden`")
    }

    @Test
    func theOptionsKeptForReadingAreThoseOfTheDeclarations() throws {
        let entries = try CommandList.all.map { ($0.path, try $0.syntax()) }
        let text = DeclaredOptions.written(for: entries)
        let place = "Sources/CLI/ComposeCLI/Main/DeclaredOptions+Written.swift"
        #expect(GoldenFile.inRepository(place).has(text), "run `make golden`")
        for (path, syntax) in entries {
            let read = try #require(DeclaredOptions.syntax(of: path), "run `make golden` and build again")
            #expect(read.options.map(\.names) == syntax.options.map(\.names))
            #expect(read.options.map(\.letter) == syntax.options.map(\.letter))
            #expect(read.options.map(\.kind) == syntax.options.map(\.kind))
        }
    }
}
