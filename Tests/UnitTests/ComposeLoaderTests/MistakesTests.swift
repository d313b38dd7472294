import Testing

@testable import ComposeLoader

/// The mistakes people make most, and what is said about them: `Golden/mistakes.txt` has files under `=== what`, and
/// the messages after `---`. `UPDATE_GOLDEN=1` rewrites the messages.
struct MistakesTests {
    @Test func messagesAreAsBefore() throws {
        let path = "\(GoldenTests.folder)/mistakes.txt"
        let expected = try #require(GoldenTests.read(path))
        var found = ""
        for section in expected.split(separator: "=== ").map(String.init) {
            let lines = section.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            var text = lines.dropFirst().prefix { $0 != "---" }
            while text.last == "" { text.removeLast() }
            found += "=== \(lines[0])\n" + text.map { $0 + "\n" }.joined() + "---\n"
            found += Self.messages(text.joined(separator: "\n") + "\n").map { $0 + "\n" }.joined()
        }
        if GoldenTests.update { GoldenTests.write(found, path) }
        #expect(found == expected)
    }

    private static func messages(_ text: String) -> [String] {
        let others = [
            "base.yaml": "services: {base: {image: nginx}}\n", "other.yaml": "services: {other: {image: nginx}}\n",
        ]
        do {
            _ = try load(text, others)
            return ["(loads)"]
        } catch {
            return error.problems.flatMap { problem in
                guard let source = problem.source else { return [problem.description] }
                return [
                    problem.description, "    \(source.text)", String(repeating: " ", count: 4 + source.offset) + "^",
                ]
            }
        }
    }
}
