import Primitives
import Testing

struct IPv6AddressTests {
    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("0:0:0:0:0:0:0:1", "::1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("::ffff:10.0.0.1", "::ffff:a00:1"), ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("fe80::0001", "fe80::1"),
    ])
    func anAddressIsWrittenInItsShortestForm(text: String, shortest: String) throws {
        let address = try #require(IPv6Address(text))
        #expect(address.description == shortest)
        #expect(IPv6Address(shortest) == address)
        #expect(IPv6Address(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4::5:6:7:8", "12345::", "g::",
        "+1::",
        "-1::", "::1%eth0", "[::1]", "::1 ", "１::", "::１", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "::01.2.3.4", "1:::2",
    ])
    func whatIsNotAnAddressIsRefused(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test func addressesKnowTheirKind() {
        #expect(IPv6Address.loopback.isLoopback && IPv6Address.unspecified.isUnspecified)
        #expect(IPv6Address.unspecified < .loopback)
        #expect(IPv6Address(bytes: [UInt8](repeating: 0, count: 15)) == nil)
    }

    @Test func aSubnetCutsOffWhatLiesBeyondItsPrefix() throws {
        let subnet = try #require(IPv6Subnet("fd00:1:2:3:4::9/64"))
        #expect(subnet.description == "fd00:1:2:3::/64")
        #expect(try subnet.contains(#require(IPv6Address("fd00:1:2:3:ffff::"))))
        #expect(try !subnet.contains(#require(IPv6Address("fd00:1:2:4::"))))
        #expect(IPv6Subnet("::/0")?.description == "::/0")
        #expect(IPv6Subnet("::ff/124")?.description == "::f0/124")
    }

    @Test func subnetsOverlapInBothDirections() throws {
        let large = try #require(IPv6Subnet("fd00::/8"))
        let small = try #require(IPv6Subnet("fd00:1::/64"))
        #expect(large.overlaps(small) && small.overlaps(large))
        #expect(try !small.overlaps(#require(IPv6Subnet("fd00:2::/64"))))
    }

    @Test(arguments: ["", "::", "::/", "::/129", "::/+8", "::/６4", "::1%lo/64"])
    func whatIsNotASubnetIsRefused(text: String) {
        #expect(IPv6Subnet(text) == nil)
    }
}
