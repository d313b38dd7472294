import Dockerfile
import Testing

struct ExpansionTests {
    private static let values = [
        "A": "one", "E": "", "P": "/usr/local/lib/x.tar.gz", "W": "two words", "N": "1", "U": "Ünü", "V": "v1.2.3",
    ]

    private func word(_ text: String, _ escape: EscapeCharacter = .backslash) throws -> String {
        var undefined: Set<String> = []
        return try WordExpansion(escape: escape).word(text, undefined: &undefined) { Self.values[$0] }
    }

    @Test(arguments: [
        ("$A", "one"), ("${A}", "one"), ("x$A-y", "xone-y"), ("$Ab", ""), ("${A}b", "oneb"), ("$X", ""), ("$", "$"),
        ("a$", "a$"), ("$$", ""), ("$ A", "$ A"), ("\\$A", "$A"), ("'$A'", "$A"), ("\"$A\"", "one"), ("\\\\", "\\"),
        ("\"\\$A\"", "$A"),
        ("\"a\\b\"", "a\\b"), ("a\\b", "ab"), ("'a\\b'", "a\\b"), ("\"a\\\"b\"", "a\"b"), ("a\\", "a"),
        ("${X-def}", "def"), ("${E-def}", ""), ("${E:-def}", "def"), ("${A:-def}", "one"), ("${X:-}", ""),
        ("${A+alt}", "alt"), ("${E+alt}", "alt"), ("${E:+alt}", ""), ("${X+alt}", ""), ("${X:+alt}", ""),
        ("${A?no}", "one"), ("${E?no}", ""), ("${X:-${Y:-$A}}", "one"), ("${X:-'a}b'}", "a}b"),
        ("${X:-\"$A\"}", "one"),
        ("${P#/}", "usr/local/lib/x.tar.gz"), ("${P#*/}", "usr/local/lib/x.tar.gz"), ("${P##*/}", "x.tar.gz"),
        ("${P%.*}", "/usr/local/lib/x.tar"), ("${P%%.*}", "/usr/local/lib/x"), ("${P%/*}", "/usr/local/lib"),
        ("${P#nothing}", "/usr/local/lib/x.tar.gz"), ("${V#v}", "1.2.3"), ("${V%.?}", "v1.2"), ("${U#?}", "nü"),
        ("${U%?}", "Ün"), ("${P/local/my}", "/usr/my/lib/x.tar.gz"), ("${P//l/L}", "/usr/LocaL/Lib/x.tar.gz"),
        ("${P//\\//-}", "-usr-local-lib-x.tar.gz"), ("${V/.*/}", "v1"), ("${V//[/x}", "v1.2.3"),
        ("${V//./${N}}", "v11213"),
        ("${E/x/y}", ""), ("$1", ""), ("${12}", ""), ("$W", "two words"), ("a b  c", "a b  c"), ("\"\"", ""),
    ])
    func replacesAsAShellDoes(text: String, expected: String) throws {
        #expect(try word(text) == expected)
    }

    @Test(arguments: [
        "${A", "${", "${}", "${:-x}", "${A:}", "${A:x}", "${A!}", "${X?}", "${E:?must be set}", "'a", "\"a", "${A:-'x}",
        "${A/x}", "${A^^}", "${A:#x}", "${P#\\x}",
    ])
    func refusesWhatIsNoWord(text: String) {
        #expect(throws: DockerfileWordError.self) { try word(text) }
    }

    @Test func theBacktickEscapesWhenItIsAskedTo() throws {
        #expect(try word("C:\\$A`$A", .backtick) == "C:\\one$A")
    }

    @Test func wordsAreSplitAfterTheReplacement() throws {
        var undefined: Set<String> = []
        let expansion = WordExpansion(escape: .backslash)
        let words = try expansion.words("$W \"$W\" a\\ b '' $X", undefined: &undefined) { Self.values[$0] }
        #expect(words == ["two", "words", "two words", "a b"])
        #expect(undefined == ["X"])
    }

    @Test func aHeredocsQuotesStay() throws {
        var undefined: Set<String> = []
        let text = try WordExpansion(escape: .backslash).content("it's \"$A\" \\$A", undefined: &undefined) {
            Self.values[$0]
        }
        #expect(text == "it's \"one\" $A")
    }

    @Test func deepAndGrowingWordsAreRefused() {
        let deep = String(repeating: "${X:-", count: 1000) + String(repeating: "}", count: 1000)
        #expect(throws: DockerfileWordError.self) { try word(deep) }
        let long = String(repeating: "a", count: 1 << 20)
        var undefined: Set<String> = []
        #expect(throws: DockerfileWordError.self) {
            try WordExpansion(escape: .backslash).word(String(repeating: "$L", count: 1000), undefined: &undefined) {
                _ in
                long
            }
        }
        #expect(throws: DockerfileWordError.self) {
            try WordExpansion(escape: .backslash).word("${L//*a*a*a*b/}", undefined: &undefined) { _ in long }
        }
    }
}
