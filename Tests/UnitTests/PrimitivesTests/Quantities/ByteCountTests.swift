import Primitives
import Testing

struct ByteCountTests {
    @Test(
        arguments: [
            ("10", 10), ("1k", 1024), ("1.5g", 1_610_612_736), ("2 MB", 2_097_152), ("1KiB", 1024), ("3b", 3), ("0", 0),
            ("1e3", 1000), ("2T", 2 << 40), ("1p", 1 << 50), ("0.4", 0),
        ] as [(String, Int64)])
    func aSizeHasUnitsOf1024(text: String, bytes: Int64) throws {
        #expect(try ByteCount(parsing: text).bytes == bytes)
    }

    @Test func decimalUnitsAreForLogFiles() throws {
        #expect(try ByteCount(parsing: "10m", scale: .decimal).bytes == 10_000_000)
        #expect(try ByteCount(parsing: "1.5KB", scale: .decimal).bytes == 1500)
    }

    @Test(arguments: ["", "a", "-1", "1x", "1kk", "1 2m", "g", "1kib2", "99999999999p", "nan", "1bb", "１k"])
    func anythingElseIsRefused(text: String) {
        #expect(throws: GrammarError.self) { try ByteCount(parsing: text) }
    }

    @Test func theErrorPointsAtTheUnit() {
        let error = #expect(throws: GrammarError.self) { try ByteCount(parsing: "12 parsecs") }
        #expect(error?.offset == 3)
        #expect(error?.description == "\"12 parsecs\" is not a size, use a number and b, k, m or g")
    }

    @Test func numbersFollowGo() {
        #expect(Double(goSyntax: "1_000") == 1000)
        #expect(Double(goSyntax: "1__0") == nil)
        #expect(Double(goSyntax: "0x10") == nil)
        #expect(Double(goSyntax: "0x1p4") == 16)
        #expect(Double(goSyntax: " 1") == nil)
    }
}
