import Primitives
import Testing

@testable import ComposeLoader
@testable import ComposeModel

struct ShortFormTests {
    @Test func portsBecomeEntriesThatKeepTheirSpelling() throws {
        let service = try service(
            """
            services:
              a:
                image: x
                ports: ["[0:0::1]:8000-8001:80-81/UDP", {target: 82, published: "9000-9010", protocol: TCP}]
            """)
        #expect(service.ports.map(\.spelling.hostIP) == ["0:0::1", "0:0::1", nil])
        #expect(service.ports.map(\.spelling.published) == ["8000", "8001", "9000-9010"])
        #expect(service.ports.map(\.spelling.transport) == ["udp", "udp", "TCP"])
        #expect(
            try service.ports.map { try $0.mapping.get().description }
                == ["[::1]:8000:80/udp", "[::1]:8001:81/udp", "9000-9010:82/tcp"])
    }

    @Test func aLongFormThatMeansNoPortLoadsAndSaysWhatIsWrong() throws {
        let service = try service(
            "services: {a: {image: x, ports: [{target: 80, published: \"example.com:8080\"}]}}")
        #expect(service.ports.first?.spelling.published == "example.com:8080")
        #expect(
            service.ports.first?.mapping
                == .failure(GrammarError("is not a host port, use 80 or 8000-8010", in: "example.com:8080")))
    }

    @Test(arguments: ["\"[１::]:80:80\"", "\"８0:80\"", "\"80:８0\"", "{target: 80, host_ip: \"１::\"}"])
    func digitsOfOtherScriptsAreRefusedAtTheirLine(port: String) {
        let found = problems("services:\n  a:\n    image: x\n    ports:\n      - \(port)\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("compose.yaml:5:") == true, "\(found)")
    }

    @Test func mountsInShortForm() throws {
        let service = try service(
            """
            services:
              a:
                image: x
                volumes: ["./d/:/t/:ro,z,rslave", "data:/u:nocopy", /v]
            volumes: {data: }
            """)
        let bind = try #require(service.volumes.first)
        #expect((bind.kind, bind.source, bind.target, bind.readOnly) == (.bind, "/p/d", "/t", true))
        #expect((bind.bind?.selinux, bind.bind?.propagation, bind.createsHostPath) == (.shared, .rslave, true))
        #expect(service.volumes[1].volume?.nocopy == true)
        #expect(service.volumes[2].source == nil)
    }

    @Test func aPropagationThatDoesNotExistIsRefusedAtItsPlace() {
        let found = problems(
            """
            services:
              a:
                image: x
                volumes: [{type: bind, source: /s, target: /t, bind: {propagation: sideways}}]
            """)
        #expect(
            found == [
                "compose.yaml:4:72: services.a.volumes[0].bind.propagation: \"sideways\" is not one of private, rprivate,"
                    + " shared, rshared, slave, rslave"
            ])
    }

    @Test func aMountOfTheCommandLineIsWhatItIsInAFile() throws {
        let mount = try serviceVolume("a/..:/b/:z", in: "/w", home: "/h")
        #expect((mount.kind, mount.source, mount.target, mount.bind?.selinux) == (.volume, "a/..", "/b", .shared))
        #expect(try serviceVolume("~/a:/b", in: "/w", home: "/h").source == "/h/a")
        #expect(try serviceVolume("./a:/b", in: "/w", home: "/h").source == "/w/a")
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
