import Primitives
import SystemPackage
import Testing

@testable import Netlink

private func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

struct CodecTests {
    @Test func vethWithPeerInNamespace() {
        let request = Request.addVeth(
            "cv01", group: 0x4000_0001, mtu: 1400, master: 5,
            peer: VethPeer(name: "eth0", macAddress: MACAddress("02:42:0a:00:00:02")!, namespace: 9))
        let expected = [
            // Length, RTM_NEWLINK, REQUEST|ACK|EXCL|CREATE, sequence, port.
            "90000000" + "1000" + "0506" + "00000000" + "00000000",
            // ifinfomsg: index 0, IFF_UP, change IFF_UP.
            "00000000" + "00000000" + "01000000" + "01000000",
            "0900" + "0300" + "6376303100" + "000000",
            "0800" + "0400" + "78050000",
            "0800" + "0a00" + "05000000",
            "0800" + "1b00" + "01000040",
            // IFLA_LINKINFO nested, kind "veth", data, peer.
            "4c00" + "1280",
            "0800" + "0100" + "76657468",
            "4000" + "0280",
            "3c00" + "0180",
            "00000000" + "00000000" + "00000000" + "00000000",
            "0900" + "0300" + "6574683000" + "000000",
            "0800" + "0400" + "78050000",
            "0a00" + "0100" + "02420a000002" + "0000",
            "0800" + "1c00" + "09000000",
        ]
        #expect(hex(request.bytes) == expected.joined())
    }

    @Test func interfacesOnAParent() {
        let link = UpperLink(name: "eth0", parent: 4, mtu: nil, namespace: 9)
        let message = Request.addMacvlan(link, mode: .bridge, macAddress: MACAddress("02:42:0a:00:00:02")!)
        let common = [
            "00000000" + "00000000" + "00000000" + "00000000",
            "0900" + "0300" + "6574683000" + "000000",
            "0800" + "0500" + "04000000",
        ]
        let macvlan =
            ["64000000" + "1000" + "0506" + "00000000" + "00000000"] + common + [
                "0a00" + "0100" + "02420a000002" + "0000",
                "0800" + "1c00" + "09000000",
                "1c00" + "1280",
                "0b00" + "0100" + "6d6163766c616e" + "00",
                "0c00" + "0280",
                "0800" + "0100" + "04000000",
            ]
        #expect(hex(message.bytes) == macvlan.joined())
        let ipvlan =
            ["60000000" + "1000" + "0506" + "00000000" + "00000000"] + common + [
                "0800" + "1c00" + "09000000",
                "2400" + "1280",
                "0a00" + "0100" + "6970766c616e" + "0000",
                "1400" + "0280",
                "0600" + "0100" + "0200" + "0000",
                "0600" + "0200" + "0100" + "0000",
            ]
        #expect(hex(Request.addIPvlan(link, mode: .l3s, flag: .private).bytes) == ipvlan.joined())
    }

    @Test func addressWithBroadcast() {
        let request = Request.addAddress(.v4(IPv4Address("10.0.0.2")!), prefixLength: 24, interface: 7)
        let expected = [
            "30000000" + "1400" + "0505" + "00000000" + "00000000",
            "02180000" + "07000000",
            "0800" + "0200" + "0a000002",
            "0800" + "0100" + "0a000002",
            "0800" + "0400" + "0a0000ff",
        ]
        #expect(hex(request.bytes) == expected.joined())
    }

    @Test func defaultRoute() {
        let request = Request.setDefaultRoute(gateway: .v4(IPv4Address("10.0.0.1")!), interface: 2)
        let expected = [
            "2c000000" + "1800" + "0505" + "00000000" + "00000000",
            "02000000" + "fe030001" + "00000000",
            "0800" + "0500" + "0a000001",
            "0800" + "0400" + "02000000",
        ]
        #expect(hex(request.bytes) == expected.joined())
    }

    @Test func refusalCarriesTheKernelsWords() throws {
        var payload = Payload()
        payload.append(Int32(-17))
        // The request's header, then the text as attribute 1.
        for _ in 0..<4 { payload.append(UInt32(0)) }
        payload.attribute(1, "Device already exists")
        let reply = Reply(
            type: MessageType.error, flags: MessageFlag.capped | MessageFlag.acknowledgeAttributes, sequence: 1,
            payload: payload.bytes[...])
        let error = try #require(NetlinkSession.failure(in: reply, of: .setLink(index: 3, up: true)))
        #expect(error.code == .fileExists)
        #expect(error.message == "Device already exists")
        #expect(error.description == "cannot set link 3 up: file exists (Device already exists)")
    }

    @Test(arguments: 0..<40) func cutMessagesAreNoDanger(length: Int) {
        var bytes = Request.addBridge("br", macAddress: MACAddress(bits: 2), group: 1, mtu: 1500).bytes
        bytes.removeLast(min(bytes.count, length))
        let replies = Reply.parse(bytes)
        #expect(replies.isEmpty == (length > 0))
        #expect(parseAttributes(bytes.dropFirst(32)).count <= 5)
    }
}
