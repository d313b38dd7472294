import Testing

@testable import YAML

struct ScalarTests {
    @Test(arguments: [
        ("", Value.null), ("~", .null), ("null", .null), ("NULL", .null), ("true", .bool(true)),
        ("False", .bool(false)),
        ("yes", .string("yes")), ("on", .string("on")), ("n", .string("n")), ("12", .integer(12)), ("-7", .integer(-7)),
        ("+3", .integer(3)), ("1_000", .integer(1000)), ("017", .integer(15)), ("0o17", .integer(15)),
        ("0x1F", .integer(31)), ("0b101", .integer(5)), ("08", .float(8)), ("22:22", .string("22:22")),
        ("18446744073709551615", .unsigned(.max)), ("9223372036854775807", .integer(.max)), ("1.5", .float(1.5)),
        (".5", .float(0.5)), ("1e3", .float(1000)), ("1.2.3", .string("1.2.3")), (".inf", .float(.infinity)),
        ("-", .string("-")), ("0x", .string("0x")),
        ("2001-12-14", .timestamp("2001-12-14T00:00:00Z", typed: "2001-12-14")),
        (
            "2001-12-14t21:59:43.10-05:00",
            .timestamp("2001-12-14T21:59:43.1-05:00", typed: "2001-12-14t21:59:43.10-05:00")
        ),
        ("2001-02-30", .string("2001-02-30")), ("nullify", .string("nullify")), ("1e400", .string("1e400")),
    ])
    func plainScalarsAreResolvedAsGoYAMLDoes(text: String, value: Value) {
        #expect(resolvePlainScalar(text) == value)
    }

    @Test func quotedScalarsAreText() throws {
        let root = try #require(
            try parseYAML(Array("a: '1'\nb: \"true\"\nc: !!str 5\nd: !!int \"6\"\ne: !override 7\nf: !x".utf8)).first?
                .root)
        #expect(root["a"]?.value == .string("1"))
        #expect(root["b"]?.value == .string("true"))
        #expect(root["c"]?.value == .string("5"))
        #expect(root["d"]?.value == .integer(6))
        // Tags of an application's own make text of a scalar.
        #expect(root["e"]?.value == .string("7"))
        #expect(root["f"]?.value == .string(""))
    }
}
