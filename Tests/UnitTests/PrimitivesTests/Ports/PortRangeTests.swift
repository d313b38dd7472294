import Primitives
import Testing

struct PortRangeTests {
    @Test(arguments: [("80", 80, 80), ("8000-8010", 8000, 8010), ("0", 0, 0), ("1-65535", 1, 65535), ("5-5", 5, 5)])
    func aRangeHasBothEnds(text: String, first: UInt16, last: UInt16) throws {
        let range = try #require(PortRange(text))
        #expect((range.first, range.last) == (first, last))
        #expect(range.count == Int(last) - Int(first) + 1)
    }

    @Test func aRangeIsWrittenAsItIsRead() {
        #expect(PortRange(80).description == "80")
        #expect(PortRange(8000...8010).description == "8000-8010")
        #expect(PortRange("5-5")?.description == "5")
    }

    @Test(arguments: ["", "-", "80-", "-80", "81-80", "65536", "1-2-3", "+80", "８0", "80 ", "a", "80–90"])
    func whatIsNotARangeIsRefused(text: String) {
        #expect(PortRange(text) == nil)
    }
}
