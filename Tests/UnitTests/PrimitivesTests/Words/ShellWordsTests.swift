import Primitives
import Testing

struct ShellWordsTests {
    @Test(arguments: [
        ("a b", ["a", "b"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]), ("a\\ b", ["a b"]), ("''", [""]), ("", []),
        ("a\"b\"c", ["abc"]), ("'a\\n'", ["a\\n"]), ("a\\nb \"\\t\"", ["anb", "t"]), ("a ; b", ["a"]), ("a | b", ["a"]),
        ("echo $(date now)", ["echo", "$(date now)"]), ("\"a;b\"", ["a;b"]),
    ])
    func aCommandLineIsSplitAsByAShell(text: String, words: [String]) throws {
        #expect(try ShellWords.split(text) == words)
    }

    @Test(arguments: [("'a", 2), ("\"a", 2), ("a\\", 2), ("ä (a)", 3), ("$(a", 3)])
    func openQuotesAndParenthesesAreRefused(text: String, offset: Int) {
        let error = #expect(throws: GrammarError.self) { try ShellWords.split(text) }
        #expect(error?.offset == offset)
    }
}
