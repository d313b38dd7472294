import Testing

@testable import ComposeLoader

/// Files made to exhaust time or memory end with an error; the limits, not the clock, are tested.
struct HostileFilesTests {
    private static let service = "services: {a: {image: x}}\n"

    static let texts: [(name: String, text: String)] = [
        (
            "merge bomb",
            service + "x: &a {" + (0..<1000).map { "k\($0): 1" }.joined(separator: ",") + "}\nx-l: ["
                + repeatElement("{<<: *a}", count: 1000).joined(separator: ",") + "]\n"
        ),
        ("deep blocks", (0..<3000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
        (
            "many ports",
            "services: {a: {image: x, ports: ["
                + (1...9).map { "'127.0.0.\($0):1-65535:1-65535'" }.joined(separator: ",") + "]}}"
        ),
        ("many documents", repeatElement(service, count: 300).joined(separator: "---\n")),
        ("nested defaults", service + "x-a: \"" + String(repeating: "${A:-", count: 100_000) + "\"\n"),
        ("huge scale", "services: {a: {image: x, scale: 99999999999999}}"),
        (
            "long chain",
            "services:\n" + (0..<2000).map { "  s\($0): {extends: s\($0 + 1)}\n" }.joined() + "  s2000: {image: x}\n"
        ),
        ("object", service + "x-a: !!python/object:os.system [ls]\n"),
        ("control characters", "services: {a: {image: \"x\u{0}y\"}}\n"),
        (
            "dependency cycle",
            "services:\n" + (0..<5000).map { "  s\($0): {image: x, depends_on: [s\(($0 + 1) % 5000)]}\n" }.joined()
        ),
        ("many services", "services:\n" + (0..<13_000).map { "  s\($0): {image: x}\n" }.joined()),
        ("many services without an image", "services:\n" + (0..<5000).map { "  s\($0): {}\n" }.joined()),
        (
            "port ranges of many services",
            "services:\n" + (0..<100).map { "  s\($0): {image: x, ports: ['1-65535:1-65535']}\n" }.joined()
        ),
        (
            "inheritance that multiplies",
            "services:\n  b: {image: x, labels: {" + (0..<1000).map { "k\($0): 1" }.joined(separator: ",") + "}}\n"
                + (0..<1100).map { "  s\($0): {extends: b}\n" }.joined()
        ),
        ("many anchors", service + "x-a:\n" + (0..<21_000).map { "  - &a\($0) 1\n" }.joined()),
        ("keys given twice", "services: {a: {image: x" + repeatElement(", tty: true", count: 5000).joined() + "}}"),
        ("an anchor in itself", service + "x-a: &a [*a]\n"),
        ("a service that extends itself", "services: {a: {extends: a}}"),
        ("NUL", "services: {a: {image: \u{0}}}"),
        ("unknown attributes", "services: {a: {" + (0..<20_000).map { "k\($0): 1" }.joined(separator: ",") + "}}"),
        ("growing variables", service + "x-a: [" + repeatElement("\"$BIG\"", count: 100).joined(separator: ",") + "]"),
    ]

    @Test(arguments: texts.map(\.name)) func endsWithAnError(name: String) throws {
        let text = try #require(Self.texts.first { $0.name == name }).text
        let found = problems(text, environment: ["BIG": String(repeating: "x", count: 1 << 19)])
        #expect(!found.isEmpty)
        #expect(found.count <= 100)
        #expect(found.allSatisfy { $0.utf8.count < 20_000 })
    }

    @Test func includesThatMultiplyAreStopped() {
        var files: [String: String] = [:]
        for index in 0..<40 {
            files["i\(index).yaml"] =
                "include: [i\(index + 1).yaml, ./i\(index + 1).yaml]\nservices: {s\(index): {image: x}}"
        }
        files["i40.yaml"] = "services: {z: {image: x}}"
        #expect(!problems("include: [i0.yaml]\nservices: {a: {image: x}}", files).isEmpty)
    }
}
