import FoundationEssentials
import Primitives
import Testing

struct IPAddressTests {
    @Test func anAddressOfEitherFamilyIsRead() {
        #expect(IPAddress("10.0.0.1") == .v4(IPv4Address(bits: 0x0A00_0001)))
        #expect(IPAddress("::1") == .v6(.loopback))
        #expect(IPAddress("localhost") == nil)
        #expect(IPAddress("１０.0.0.1") == nil)
    }

    @Test func anAddressBeforeAPortIsBracketedWhereItHasColons() {
        #expect(IPAddress("10.0.0.1")?.bracketed == "10.0.0.1")
        #expect(IPAddress("::1")?.bracketed == "[::1]")
    }

    @Test func addressesAreRecordedAsText() throws {
        let addresses = [IPAddress.v4(.loopback), .v6(.unspecified)]
        let json = try JSONEncoder().encode(addresses)
        #expect(String(decoding: json, as: UTF8.self) == #"["127.0.0.1","::"]"#)
        #expect(try JSONDecoder().decode([IPAddress].self, from: json) == addresses)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([IPAddress].self, from: Data(#"["x"]"#.utf8)) }
    }

    @Test func bytesAreInNetworkOrder() {
        #expect(IPAddress("1.2.3.4")?.bytes == [1, 2, 3, 4])
        #expect(IPAddress("::ff")?.bytes.last == 0xFF)
        #expect(IPAddress("::")?.isUnspecified == true)
        #expect(IPAddress("0.0.0.1")?.isUnspecified == false)
    }

    @Test func linkLocalAddressesAreKnownInEachFamily() {
        for text in ["169.254.169.254", "169.254.0.0", "fe80::1", "febf::1", "::ffff:169.254.169.254"] {
            #expect(IPAddress(text)?.isLinkLocal == true, "\(text)")
        }
        for text in ["169.253.1.1", "170.254.1.1", "fec0::1", "::a9fe:a9fe", "fd00:ec2::254", "127.0.0.1"] {
            #expect(IPAddress(text)?.isLinkLocal == false, "\(text)")
        }
    }
}
