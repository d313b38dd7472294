import Primitives
import Testing

struct DecimalDigitsTests {
    @Test(arguments: [("0", 0), ("80", 80), ("0080", 80), ("65535", 65535)] as [(String, UInt16)])
    func digitsAreANumber(text: String, number: UInt16) {
        #expect(UInt16(digits: text) == number)
    }

    @Test(arguments: ["", "+1", "-0", " 1", "1 ", "65536", "1_0", "８0", "٣", "0x1", "1e2"])
    func nothingElseIsANumber(text: String) {
        #expect(UInt16(digits: text) == nil)
    }
}
