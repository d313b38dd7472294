import Testing

@testable import ComposeLoader
@testable import ComposeModel

@Suite struct ShortFormTests {
    @Test(arguments: [
        ("80", ["::80/tcp"]), ("8080:80", [":8080:80/tcp"]), ("127.0.0.1:8080:80/udp", ["127.0.0.1:8080:80/udp"]),
        ("[::1]:80:80", ["::1:80:80/tcp"]), ("127.0.0.1::80", ["127.0.0.1::80/tcp"]),
        ("8000-8001:80-81", [":8000:80/tcp", ":8001:81/tcp"]), ("8000-8010:80", [":8000-8010:80/tcp"]),
        ("80:80/TCP", [":80:80/tcp"]), ("9-10", ["::10/tcp", "::9/tcp"]),
    ])
    func ports(text: String, expected: [String]) throws {
        let spec = try PortSpec(text)
        #expect(spec.ports.map { "\(spec.hostIP):\($0.published):\($0.target)/\(spec.protocolName)" } == expected)
    }

    @Test(arguments: [
        "", "a", "80:b", "80:80/xyz", "1.2.3:80:80", "70000:80", "4000-4001:3000-3002", "81-80", "80:0", "+80",
        "80:80/tcp/udp",
        "[fe80::1%eth0]:80:80",
    ])
    func brokenPortsAreRefused(text: String) {
        #expect(throws: PortSpec.Failure.self) { try PortSpec(text) }
    }

    @Test func mountsInShortForm() throws {
        let bind = try VolumeSpec("./d:/t:ro,z")
        #expect((bind.source, bind.target, bind.readOnly, bind.selinux, bind.isBind) == ("./d", "/t", true, "z", true))
        let named = try VolumeSpec("data:/t:nocopy")
        #expect((named.source, named.isBind, named.nocopy) == ("data", false, true))
        #expect(try VolumeSpec("v:/data").target == "v:/data")
        #expect(try VolumeSpec("/t").source == "")
        #expect(try VolumeSpec("C:\\d:/t").isBind)
        #expect(throws: VolumeSpec.Failure.self) { try VolumeSpec("a1::/b") }
        #expect(throws: VolumeSpec.Failure.self) { try VolumeSpec("aa:bb:cc:dd") }
    }

    @Test(arguments: [
        ("a b", ["a", "b"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]), ("a\\ b", ["a b"]), ("''", [""]), ("", []),
        ("a\"b\"c", ["abc"]), ("'a\\n'", ["a\\n"]), ("a\\nb \"\\t\"", ["anb", "t"]), ("a ; b", ["a"]), ("a | b", ["a"]),
        ("echo $(date now)", ["echo", "$(date now)"]),
        ("\"a;b\"", ["a;b"]),
    ])
    func commandLines(text: String, words: [String]) {
        #expect(ShellWords.split(text) == words)
    }

    @Test(arguments: ["'a", "\"a", "a\\", "(a)", "$(a"])
    func brokenCommandLinesAreRefused(text: String) {
        #expect(ShellWords.split(text) == nil)
    }

    @Test(
        arguments: [
            ("10", 10), ("1k", 1024), ("1.5g", 1_610_612_736), ("2 MB", 2_097_152), ("1KiB", 1024), ("3b", 3), ("0", 0),
        ] as [(String, Int64)])
    func sizes(text: String, bytes: Int64) {
        #expect(Units.bytes(text) == bytes)
    }

    @Test(arguments: ["", "a", "-1", "1x", "1kk", "1 2m", "g"])
    func brokenSizesAreRefused(text: String) {
        #expect(Units.bytes(text) == nil)
    }

    @Test(arguments: [
        ("1m30s", "1m30s"), ("90s", "1m30s"), ("1d", "24h0m0s"), ("1w", "168h0m0s"), ("1.5s", "1.5s"),
        ("250ms", "250ms"),
        ("0", "0s"), ("1h1m1.001s", "1h1m1.001s"), ("-2us", "-2µs"), ("5ns", "5ns"),
    ])
    func durations(text: String, rendered: String) throws {
        #expect(Units.text(nanoseconds: try #require(Units.nanoseconds(text))) == rendered)
    }

    @Test(arguments: ["", "10", "1y", "s", "1.2.3s", "99999999999999h"])
    func brokenDurationsAreRefused(text: String) {
        #expect(Units.nanoseconds(text) == nil)
    }

    @Test func longFormsOfTheRest() throws {
        let service = try service(
            """
            services:
              a:
                image: x
                devices: [/dev/a, "/dev/b:/dev/c:r"]
                gpus: all
                extra_hosts: ["h:::1", "i=[::2]"]
                secrets: [s]
                env_file: []
                ulimits: {nofile: 5}
                expose: [80]
            secrets: {s: {file: ./s.txt}}
            """)
        #expect(service.devices.map(\.target) == ["/dev/a", "/dev/c"])
        #expect(service.gpus.first?.count == -1)
        #expect(service.extraHosts == ["h": ["::1"], "i": ["::2"]])
        #expect(service.secrets.first?.target == "/run/secrets/s")
        #expect(service.ulimits["nofile"]?.single == 5)
        #expect(service.expose == ["80"])
    }
}
