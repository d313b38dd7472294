import Dockerfile
import Testing

struct PatternTests {
    @Test(arguments: [
        ("*.txt", "a.txt", true), ("*.txt", "d/a.txt", false), ("a?c", "abc", true), ("a?c", "a/c", false),
        ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[^a-c]x", "dx", true), ("[^a]x", "/x", false),
        ("\\*", "*", true), ("\\*", "a", false), ("a[\\]]", "a]", true), ("?", "ü", true), ("[ä-ü]", "ö", true),
        ("*ü*", "aüb", true), ("a**b", "axxb", true), ("**/b", "a/b", true), ("**/b", "a/c/b", false), ("", "", true),
        ("*", "", true), ("a*", "a", true), ("a*b*c", "abbbc", true), ("a*b*c", "abbbd", false),
    ])
    func matchesAsGoDoes(pattern: String, path: String, expected: Bool) throws {
        #expect(try GlobPattern(pattern).matches(path) == expected)
    }

    @Test(arguments: ["[", "[]", "[a", "[a-]", "[-a]", "[b-a]", "a\\", "[^]"])
    func refusesWhatIsNoPattern(pattern: String) {
        #expect(throws: PatternError.self) { try GlobPattern(pattern) }
    }

    @Test(arguments: [
        ("a", ["a", "a/b", "a/b/c"], ["b", "ab", "b/a"]), ("/a/", ["a", "a/b"], ["b/a"]), ("./a", ["a"], ["b/a"]),
        ("*/temp*", ["d/temp.txt", "d/temp/x"], ["temp", "d/e/temp"]), ("*/*/temp*", ["d/e/temp"], ["d/temp"]),
        ("**/*.go", ["a.go", "d/a.go", "d/e/a.go"], ["a.c"]), ("a/**", ["a/b", "a/b/c"], ["a", "b"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "b"]), ("**", ["a", "a/b"], []), ("*", ["a", "a/b"], []),
        ("a/../b", ["b"], ["a"]), (" a ", ["a"], []),
        ("# a", [], ["# a", "a"]),
        ("*.md\n!README.md", ["x.md"], ["README.md"]),
        ("*.md\n!README*.md\nREADME-secret.md", ["README-secret.md"], ["README.md"]),
        ("d\n!d/keep", ["d", "d/x"], ["d/keep", "d/keep/x"]), ("!a\na", ["a"], []), ("", [], ["a"]),
        (".\n/\n\n", [], ["a"]), ("\u{feff}a", ["a"], []), ("a\r\nb\r\n", ["a", "b"], []),
    ])
    func excludesAsDockerDoes(text: String, excluded: [String], included: [String]) throws {
        let file = try IgnoreFile(parsing: text)
        for path in excluded { #expect(file.excludes(path), "\(path)") }
        for path in included { #expect(!file.excludes(path), "\(path)") }
    }

    @Test func tellsWhichExcludedDirectoriesMustBeWalked() throws {
        let file = try IgnoreFile(parsing: "*\n!a/b/keep\n!c/**/x")
        #expect(file.hasNegations)
        #expect(file.mayInclude(below: "a"))
        #expect(file.mayInclude(below: "a/b"))
        #expect(!file.mayInclude(below: "a/c"))
        #expect(file.mayInclude(below: "a/b/keep"))
        #expect(file.mayInclude(below: "c/d/e"))
        #expect(!file.mayInclude(below: "d"))
        #expect(try !IgnoreFile(parsing: "a").mayInclude(below: "a"))
        #expect(throws: PatternError.self) { try IgnoreFile(parsing: "a\n!") }
    }

    @Test func patternsTellWhatMustBeWalked() throws {
        let pattern = try GlobPattern("a/*/c", hasDoubleStars: true)
        #expect(pattern.mayMatch(below: "a"))
        #expect(pattern.mayMatch(below: "a/b"))
        #expect(!pattern.mayMatch(below: "b"))
        #expect(try GlobPattern("a\\*b").literal == "a*b")
        #expect(try GlobPattern("a*b").literal == nil)
    }

    @Test func starsCostNothing() throws {
        let stars = try GlobPattern(String(repeating: "*a", count: 500) + "b")
        #expect(!stars.matches(String(repeating: "a", count: 2000)))
    }
}
