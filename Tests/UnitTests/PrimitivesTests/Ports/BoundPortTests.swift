import FoundationEssentials
import Primitives
import Testing

struct BoundPortTests {
    @Test func theHostsEndIsWrittenWithBracketsForIPv6() {
        let port = BoundPort(hostAddress: .v6(.unspecified), hostPort: 8080, containerPort: 80)
        #expect(port.hostEnd == "[::]:8080")
        #expect(
            BoundPort(hostAddress: .v4(.loopback), hostPort: 1, containerPort: 80).hostEnd == "127.0.0.1:1")
    }

    @Test func recordsOfEarlierVersionsAreReadAndWritten() throws {
        let json = #"{"containerPort":80,"hostAddress":"0.0.0.0","hostPort":8080,"protocolName":"udp"}"#
        let port = try JSONDecoder().decode(BoundPort.self, from: Data(json.utf8))
        #expect(port == BoundPort(hostAddress: .v4(.unspecified), hostPort: 8080, containerPort: 80, transport: .udp))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(port), as: UTF8.self) == json)
    }
}
