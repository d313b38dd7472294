import Testing

@testable import YAML

struct ComposerTests {
    private func root(_ text: String) throws -> Node {
        try #require(try parseYAML(Array(text.utf8)).first).root
    }

    private func failure(_ text: String, limits: YAMLLimits = YAMLLimits()) -> YAMLFailure? {
        do {
            _ = try parseYAML(Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func nodesKeepTheirPlace() throws {
        let node = try #require(try root("a:\n  - b\n  - c: 1\n")["a"]?.sequence?[1]["c"])
        #expect(node.mark.line == 3)
        #expect(node.mark.column == 8)
    }

    @Test func mergeKeysAddWhatIsNotThere() throws {
        let root = try root("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 0\n")
        #expect(root["z"] == Node(.mapping(try self.root("{a: 0, b: 2, c: 4}").mapping ?? Mapping())))
    }

    @Test func keysGivenTwiceAreNotedWithBothPlaces() throws {
        let document = try #require(try parseYAML(Array("a: 1\nb: {c: 1, c: 2}\na: 3\n".utf8)).first)
        #expect(document.duplicates.map(\.mark.line) == [2, 3])
        #expect(document.duplicates.last?.message == "key \"a\" is already defined at line 1, column 1")
        #expect(document.root["a"] == Node(.integer(1)))
    }

    @Test func resetAndOverrideAreCollected() throws {
        let document = try #require(
            try parseYAML(Array("s:\n  a: !reset [1]\n  b: !override {c: 1}\n  <<: {d: !reset null}\n".utf8)).first)
        #expect(document.resets == [["s", "a"], ["s", "b"], ["s", "d"]])
        #expect(document.root["s"]?.mapping?.keys == ["b"])
    }

    @Test func resetsBelowAnAnchorCountWhereItIsUsed() throws {
        let document = try #require(try parseYAML(Array("x: &x {a: !reset null}\ny: *x\n".utf8)).first)
        #expect(document.resets == [["x", "a"], ["y", "a"]])
    }

    @Test(arguments: [
        "a: &a [*a]", "a: *b", "[1, 2", "a: b: c", "\ta: 1", "1: a", "? [a]\n: b", "a: !!int b", "<<: 1",
        "a: !!python/object:os.system [x]", "%YAML 1.2\n---\na: 1", "a: \"\u{0}\"",
    ])
    func whatIsNoUsableYAMLIsRefused(text: String) {
        #expect(failure(text) != nil)
    }

    @Test func severalDocumentsAreRead() throws {
        let documents = try parseYAML(Array("a: 1\n---\nb: 2\n".utf8))
        #expect(documents.map { $0.root.mapping?.keys } == [["a"], ["b"]])
    }

    @Test func byteOrderMarksAndUTF16AreUnderstood() throws {
        #expect(try parseYAML([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8)).first?.root["a"]?.value == .integer(1))
        let wide: [UInt8] = [0xFF, 0xFE] + "a: 1".utf8.flatMap { (byte: UInt8) -> [UInt8] in [byte, 0] }
        #expect(try parseYAML(wide).first?.root["a"]?.value == .integer(1))
    }

    @Test func aliasesStandForALimitedNumberOfValues() {
        var text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        for (name, below) in zip("bcdefgh", "abcdefg") {
            text += "\(name): &\(name) [" + repeatElement("*\(below)", count: 10).joined(separator: ",") + "]\n"
        }
        #expect(failure(text)?.message == "aliases stand for more than 400000 values")
    }

    @Test(arguments: [
        String(repeating: "[", count: 10_000), String(repeating: "{a: ", count: 10_000),
        "a:\n  " + String(repeating: "- ", count: 10_000) + "b",
    ])
    func nestingIsLimited(text: String) {
        #expect(failure(text)?.message == "nested deeper than 200 levels")
    }

    @Test func mappingsFindTheirKeysAtAnySize() {
        var mapping = Mapping()
        for index in 0..<100 { mapping["k\(index)"] = Node(.integer(Int64(index))) }
        for index in stride(from: 0, to: 100, by: 2) { mapping.remove("k\(index)") }
        #expect(mapping.count == 50)
        #expect(mapping["k51"]?.value == .integer(51))
        #expect(mapping["k50"] == nil)
    }
}
