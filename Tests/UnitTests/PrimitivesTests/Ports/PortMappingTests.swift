import FoundationEssentials
import Primitives
import Testing

struct PortMappingTests {
    @Test(arguments: [
        ("80", ["80/tcp"]), ("8080:80", ["8080:80/tcp"]), ("0:80", ["0:80/tcp"]), (":80", ["80/tcp"]),
        ("::80", ["80/tcp"]), ("127.0.0.1:8080:80/udp", ["127.0.0.1:8080:80/udp"]),
        ("[::1]:80:80", ["[::1]:80:80/tcp"]), ("::1:80:80", ["[::1]:80:80/tcp"]),
        ("[127.0.0.1]:80:80", ["127.0.0.1:80:80/tcp"]), ("127.0.0.1::80", ["127.0.0.1::80/tcp"]),
        ("8000-8001:80-81", ["8000:80/tcp", "8001:81/tcp"]), ("8000-8010:80", ["8000-8010:80/tcp"]),
        ("80:80/TCP", ["80:80/tcp"]), ("9-10", ["10/tcp", "9/tcp"]), ("80/", ["80/tcp"]),
        ("80:80/sctp", ["80:80/sctp"]),
        ("0080:080", ["80:80/tcp"]), ("65535:65535", ["65535:65535/tcp"]),
    ])
    func theShortFormIsRead(text: String, mappings: [String]) throws {
        #expect(try PortMapping.parse(text).mappings.map(\.description) == mappings)
    }

    @Test func theShortFormGivesTypedValues() throws {
        let (mappings, address) = try PortMapping.parse("[0:0::1]:8000-8001:80-81/udp")
        #expect(address == "0:0::1")
        #expect(
            mappings == [
                PortMapping(
                    hostAddress: .v6(.loopback), hostPorts: PortRange(8000), containerPort: 80, transport: .udp),
                PortMapping(
                    hostAddress: .v6(.loopback), hostPorts: PortRange(8001), containerPort: 81, transport: .udp),
            ])
        #expect(try PortMapping.parse("80").mappings == [PortMapping(containerPort: 80)])
        #expect(try PortMapping.parse("80").hostAddressText == "")
    }

    @Test(arguments: [
        ("", 0), ("a", 0), ("80:b", 3), ("80:", 3), ("/tcp", 0), ("80:80/xyz", 6), ("1.2.3:80:80", 0), ("70000:80", 0),
        ("4000-4001:3000-3002", 0), ("8:81-80", 2), ("80:0", 3), ("0-1", 0), ("+80", 0), ("80:+80", 3),
        ("80:80/tcp/udp", 6),
        ("[fe80::1%eth0]:80:80", 0), ("[::1:80:80", 0), ("[]:80:80", 0), ("[１::]:80:80", 0), ("８0:80", 0), ("80:８0", 3),
        (" 80:80", 0), ("80:80 ", 3), ("host:80:80", 0), ("1-2:3-4-5", 4),
    ])
    func whatIsNotAPortIsRefusedAtItsPlace(text: String, offset: Int) {
        let error = #expect(throws: GrammarError.self) { try PortMapping.parse(text) }
        #expect(error?.text == text)
        #expect(error?.offset == offset)
    }

    @Test func theRefusalNamesTheCulprit() {
        let error = #expect(throws: GrammarError.self) { try PortMapping.parse("8080:80a") }
        #expect(
            error?.description == "\"8080:80a\" is not a port: \"80a\" is not a container port, use 80 or 8000-8010")
    }

    @Test func theLongFormIsRead() throws {
        let mapping = try PortMapping(hostAddress: "::1", published: "8000-8010", target: 80, transport: "UDP")
        #expect(mapping.description == "[::1]:8000-8010:80/udp")
        #expect(try PortMapping(hostAddress: nil, published: nil, target: 80, transport: nil).description == "80/tcp")
        #expect(try PortMapping(hostAddress: "", published: "", target: 80, transport: "").description == "80/tcp")
    }

    @Test(
        arguments: [
            ("x", "80", 80, "tcp"), ("１::", "80", 80, "tcp"), (nil, "example.com:8080", 80, "tcp"),
            (nil, "80", 0, "tcp"),
            (nil, "80", 65536, "tcp"), (nil, "80", -1, "tcp"), (nil, "80", 80, "http"), (nil, "8０", 80, nil),
        ] as [(String?, String?, Int64, String?)])
    func aWrongLongFormIsRefused(address: String?, published: String?, target: Int64, transport: String?) {
        #expect(throws: GrammarError.self) {
            try PortMapping(hostAddress: address, published: published, target: target, transport: transport)
        }
    }

    @Test func anyHostPortIsTakenWhereNoneOrZeroIsNamed() {
        #expect(PortMapping(containerPort: 80).takesAnyHostPort)
        #expect(PortMapping(hostPorts: PortRange(0), containerPort: 80).takesAnyHostPort)
        #expect(!PortMapping(hostPorts: PortRange(80), containerPort: 80).takesAnyHostPort)
    }

    @Test(arguments: ["80", "127.0.0.1:8000-8010:80/udp", "[::1]::80", "0:80/sctp"])
    func theRecordKeepsAMapping(text: String) throws {
        let mapping = try PortMapping.parse(text).mappings[0]
        let json = try JSONEncoder().encode(mapping)
        #expect(try JSONDecoder().decode(PortMapping.self, from: json) == mapping)
    }

    @Test(arguments: [
        (#"{"hostPort":"8000-8010","containerPort":80,"protocolName":"udp"}"#, "8000-8010:80/udp"),
        (#"{"hostAddress":"::1","hostPort":"","containerPort":80,"protocolName":"tcp"}"#, "[::1]::80/tcp"),
        (#"{"hostAddress":"１::","hostPort":"http","containerPort":80,"protocolName":"tcp"}"#, "80/tcp"),
    ])
    func recordsOfEarlierVersionsAreRead(json: String, mapping: String) throws {
        #expect(try JSONDecoder().decode(PortMapping.self, from: Data(json.utf8)).description == mapping)
    }
}
