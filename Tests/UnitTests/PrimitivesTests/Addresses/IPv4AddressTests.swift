import Primitives
import Testing

struct IPv4AddressTests {
    @Test(arguments: [("0.0.0.0", 0), ("10.0.0.1", 0x0A00_0001), ("255.255.255.255", 0xFFFF_FFFF)])
    func anAddressIsReadAndWritten(text: String, bits: UInt32) throws {
        let address = try #require(IPv4Address(text))
        #expect(address.bits == bits)
        #expect(address.description == text)
        #expect(IPv4Address(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "+1.2.3.4", "-0.2.3.4", "1..2.3", ".1.2.3.4",
        "1.2.3.4 ", "1.2.3.x", "１.2.3.4", "1.2.3.٤", "1.2.3.4/8",
    ])
    func whatIsNotAnAddressIsRefused(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test func addressesKnowTheirKind() {
        #expect(IPv4Address.loopback.isLoopback && !IPv4Address.loopback.isUnspecified)
        #expect(IPv4Address.unspecified.isUnspecified && !IPv4Address.unspecified.isLoopback)
        #expect(IPv4Address("127.255.0.1")?.isLoopback == true)
        #expect(IPv4Address.unspecified < .loopback)
        #expect(IPv4Address(bytes: [1, 2, 3]) == nil)
    }

    @Test func aSubnetCutsOffWhatLiesBeyondItsPrefix() throws {
        let subnet = try #require(IPv4Subnet("10.1.2.3/16"))
        #expect(subnet.description == "10.1.0.0/16")
        #expect(subnet.broadcast == IPv4Address("10.1.255.255"))
        #expect(IPv4Subnet(.loopback, prefixLength: 40).prefixLength == 32)
        #expect(IPv4Subnet("0.0.0.0/0")?.broadcast == IPv4Address("255.255.255.255"))
    }

    @Test(arguments: ["", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/８", "/8"])
    func whatIsNotASubnetIsRefused(text: String) {
        #expect(IPv4Subnet(text) == nil)
    }

    @Test func subnetsContainAndOverlap() throws {
        let large = try #require(IPv4Subnet("10.0.0.0/8"))
        let small = try #require(IPv4Subnet("10.1.0.0/16"))
        let other = try #require(IPv4Subnet("11.0.0.0/8"))
        #expect(try large.contains(#require(IPv4Address("10.255.0.1"))))
        #expect(try !large.contains(#require(IPv4Address("11.0.0.1"))))
        #expect(large.contains(small) && !small.contains(large))
        #expect(large.overlaps(small) && small.overlaps(large) && !large.overlaps(other))
    }
}
