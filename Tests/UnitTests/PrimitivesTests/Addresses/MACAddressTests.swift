import Primitives
import Testing

struct MACAddressTests {
    @Test(arguments: [("02:42:ac:11:00:02", "02:42:ac:11:00:02"), ("02-42-AC-11-00-02", "02:42:ac:11:00:02")])
    func anAddressIsReadWithColonsAndDashes(text: String, written: String) throws {
        let address = try #require(MACAddress(text))
        #expect(address.description == written)
        #expect(address.bytes == [2, 0x42, 0xAC, 0x11, 0, 2])
    }

    @Test(arguments: [
        "", "02:42:ac:11:00", "02:42:ac:11:00:02:03", "2:42:ac:11:00:02", "02:42:ac:11:00:0g", "02:42:ac:11:00:+2",
        "02:42:ac:11:00:２", "02:42:ac:11:00:002",
    ])
    func whatIsNotAnAddressIsRefused(text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test func onlyFortyEightBitsAreKept() {
        #expect(MACAddress(bits: .max).description == "ff:ff:ff:ff:ff:ff")
    }
}
