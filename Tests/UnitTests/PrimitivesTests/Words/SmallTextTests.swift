import Primitives
import Testing

struct SmallTextTests {
    @Test(arguments: [
        ("", "."), (".", "."), ("/", "/"), ("a//b/", "a/b"), ("./a/./b", "a/b"), ("a/../b", "b"), ("../a/..", ".."),
        ("/../a", "/a"), ("/a/../..", "/"), ("a/..", "."), ("../../a", "../../a"),
    ])
    func aPathIsCleanedAsGoDoes(path: String, expected: String) {
        #expect(cleanPath(path) == expected)
    }

    @Test func fnvHasItsPublishedValues() {
        #expect(hashFNV1a("".utf8) == 0xcbf2_9ce4_8422_2325)
        #expect(hashFNV1a("a".utf8) == 0xaf63_dc4c_8601_ec8c)
        #expect(hashFNV1a("foobar".utf8) == 0x8594_4171_f739_67e8)
    }

    @Test func base64GoesBothWays() {
        for count in 0..<20 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ 200) }
            let text = Base64.encode(bytes)
            #expect(Base64.decode(text.utf8) == bytes)
            #expect(Base64.decode(text.utf8.filter { $0 != UInt8(ascii: "=") }, unpadded: true) == bytes)
        }
        #expect(Base64.encode(Array("light wor".utf8)) == "bGlnaHQgd29y")
        #expect(Base64.encode("light w".utf8) == "bGlnaHQgdw==")
        #expect(Base64.decode("bGln\r\naHQgdw==\n".utf8) == Array("light w".utf8))
    }

    @Test(arguments: ["a!", "a", "ab", "abc", "ab=c", "ab===", "=", "abcd="])
    func whatIsNotBase64IsRefused(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test(
        arguments: [
            ("enviroment", "environment"), ("imgae", "image"), ("depends-on", "depends_on"), ("Image", "image"),
            ("x", nil), ("nothing", nil), ("im", nil),
        ] as [(String, String?)])
    func aNearWordIsSuggested(word: String, expected: String?) {
        #expect(Spelling.closest(to: word, among: ["image", "environment", "depends_on", "ipc"]) == expected)
    }

    @Test func aHintNamesWhatThereIs() {
        #expect(Spelling.suggestion(for: "imgae", among: ["image"]) == ", did you mean image?")
        #expect(Spelling.suggestion(for: "zzz", among: ["image"]) == "")
        #expect(Spelling.hint(for: "defualt", among: ["default", "host"]) == "did you mean default?")
        #expect(Spelling.hint(for: "zzz", among: ["default", "host"]) == "there is default, host")
    }

    @Test func controlCharactersDoNotReachATerminal() {
        #expect("\u{1B}[2J\u{7}x\ny\u{9B}1m\u{7F}".withoutControls == "?[2J?x?y?1m?")
        #expect("a\tb\n\u{1B}c\r\n".withoutControlsInLines == "a\tb\n?c?\n")
        #expect("Größe 日本 🙂".withoutControls == "Größe 日本 🙂")
    }

    @Test func quotedTextIsOneLineAsGoWritesIt() {
        #expect("sh -c 'a\n\"b\"\\'".quotedAsInGo == #""sh -c 'a\n\"b\"\\'""#)
        #expect("\u{0}\u{7}\t\u{1B}\u{85}é".quotedAsInGo == #""\x00\a\t\x1b\u0085é""#)
    }
}
