import Primitives
import Testing

struct JSONTests {
    private let value: JSONValue = [
        "name": "a\"b", "size": 12, "empty": [], "none": [:], "flags": [true, .null], "nested": ["z": 1, "a": "ü"],
    ]

    @Test func aValueOnOneLineHasNoSpace() {
        #expect(
            value.description
                == #"{"name":"a\"b","size":12,"empty":[],"none":{},"flags":[true,null],"nested":{"z":1,"a":"ü"}}"#)
    }

    @Test func anIndentedValueHasALineForEachPart() {
        let expected = """
            {
              "name": "a\\"b",
              "size": 12,
              "empty": [],
              "none": {},
              "flags": [
                true,
                null
              ],
              "nested": {
                "z": 1,
                "a": "ü"
              }
            }
            """
        #expect(value.indented(by: "  ") == expected)
    }

    @Test func whatIsWrittenIsReadBackInItsOrder() throws {
        #expect(try JSONValue(parsing: value.description) == value)
        #expect(try JSONValue(parsing: value.indented(by: "\t")) == value)
    }

    @Test func numbersKeepTheirSpelling() throws {
        let text = "[1.50,-0,1e3,123456789012345678901234567890]"
        let read = try JSONValue(parsing: text)
        #expect(read.description == text)
        #expect(read.elements.map(\.integer) == [nil, 0, nil, nil])
    }

    @Test func aMemberIsChangedInItsPlace() {
        var value: JSONValue = ["a": 1, "b": 2]
        value["a"] = "x"
        value["c"] = true
        value["b"] = nil
        #expect(value.description == #"{"a":"x","c":true}"#)
        #expect(value["b"] == nil)
        #expect(JSONValue.object(["b": "2", "a": "1"]).description == #"{"a":"1","b":"2"}"#)
    }

    @Test(arguments: [
        (#""\u00e9\ud83d\ude00\/\b\f""#, "é😀/\u{8}\u{c}"), (#""\ud83dx""#, "\u{fffd}x"),
        (#""\ud83d\u0041""#, "\u{fffd}A"),
    ])
    func escapesAreRead(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text) == .string(expected))
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\" 1}", 5), ("nul", 0), ("\"\u{1}\"", 2), ("1 2", 2), ("\"\\u12g4\"", 3),
        ("\"\\u+123\"", 3), ("+1", 0), ("\"a", 2), ("01", 1), ("1.", 2), ("1e", 2), (".5", 0), ("[Infinity]", 1),
    ])
    func aMalformedDocumentIsRefusedAtItsPlace(text: String, offset: Int) {
        #expect(throws: JSONError(offset: offset)) { try JSONValue(parsing: text) }
    }

    @Test func depthAndSizeAreLimited() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
        let nested = Array("[[[]]]".utf8)
        #expect(try JSONValue(parsing: nested, depth: 3).elements.count == 1)
        #expect(throws: JSONError(offset: 2)) { try JSONValue(parsing: nested, depth: 2) }
        #expect(throws: JSONError(offset: 5)) { try JSONValue(parsing: nested, size: 5) }
    }

    @Test func onlyWhatMustBeEscapedIsEscaped() {
        #expect(quotedJSON("a\"b\\c\n\r\t\u{8}\u{1f}ä<&>\u{2028}/") == #""a\"b\\c\n\r\t\u0008\u001fä<&>\#u{2028}/""#)
    }

    @Test func goEscapesForPagesToo() {
        #expect(
            quotedJSON("\u{8}\u{c}\u{1}<&>\u{2028}\u{2029}ä", .go) == #""\b\f\u0001\u003c\u0026\u003e\u2028\u2029ä""#)
    }
}
