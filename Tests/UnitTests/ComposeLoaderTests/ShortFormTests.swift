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
