import FoundationEssentials
import Primitives
import Testing

struct ContainerPortTests {
    @Test(arguments: [
        ("80", ["80/tcp"]), ("80/udp", ["80/udp"]), ("53/UDP", ["53/udp"]), ("80/", ["80/tcp"]), ("9/sctp", ["9/sctp"]),
        ("9-11/udp", ["9/udp", "10/udp", "11/udp"]), ("8080:80", ["80/tcp"]), ("127.0.0.1:8080:80/udp", ["80/udp"]),
    ])
    func portsAreReadInTheirOrder(text: String, ports: [String]) throws {
        #expect(try ContainerPort.parse(text).map(\.description) == ports)
    }

    @Test(arguments: [
        ("", 0), ("http", 0), ("0", 0), ("0-5", 0), ("80/tpc", 3), ("80/tcp/udp", 3), ("x:80:", 5), ("70000/udp", 0),
        ("８0", 0), ("5-4", 0),
    ])
    func whatIsNotAPortIsRefusedAtItsPlace(text: String, offset: Int) {
        let error = #expect(throws: GrammarError.self) { try ContainerPort.parse(text) }
        #expect(error?.text == text)
        #expect(error?.offset == offset)
    }

    @Test func aRangeIsNotOnePort() {
        #expect(ContainerPort("80/udp") == ContainerPort(80, .udp))
        #expect(ContainerPort("80-81") == nil)
        #expect(ContainerPort("80-80") == ContainerPort(80))
    }

    @Test func portsAreOrderedByNumber() {
        let ports = [ContainerPort(443), ContainerPort(80, .udp), ContainerPort(80)]
        #expect(ports.sorted().map(\.description) == ["80/tcp", "80/udp", "443/tcp"])
    }

    @Test func portsAreRecordedAsText() throws {
        let json = try JSONEncoder().encode([ContainerPort(80), ContainerPort(53, .udp)])
        #expect(try JSONDecoder().decode([String].self, from: json) == ["80/tcp", "53/udp"])
        #expect(
            try JSONDecoder().decode([ContainerPort].self, from: json) == [ContainerPort(80), ContainerPort(53, .udp)])
    }
}
