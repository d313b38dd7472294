import Testing

@testable import ComposeLoader
@testable import ComposeModel

struct MergeTests {
    private func merged(_ base: String, _ override: String) throws -> Service {
        try service(
            "services: {a: {image: x, \(base)}}", ["compose.override.yaml": "services: {a: {\(override)}}"])
    }

    @Test func scalarsAreReplacedAndNullKeepsThem() throws {
        #expect(try merged("hostname: one", "hostname: two").hostname == "two")
        #expect(try merged("hostname: one", "image: y").hostname == "one")
        #expect(
            try merged("healthcheck: {retries: 3, interval: 1s}", "healthcheck: {retries: 5}").healthcheck?.interval
                == .seconds(1))
    }

    @Test func commandsAndHealthTestsAreReplaced() throws {
        #expect(try merged("command: [a, b]", "command: c d").command == ["c", "d"])
        #expect(try merged("entrypoint: [a]", "entrypoint: []").entrypoint == [])
        #expect(
            try merged("healthcheck: {test: [CMD, a]}", "healthcheck: {test: b}").healthcheck?.test == [
                "CMD-SHELL", "b",
            ])
        #expect(
            try merged("ulimits: {nofile: 1}", "ulimits: {nofile: {soft: 2, hard: 3}}").ulimits["nofile"]?.hard == 3)
    }

    @Test func keyedListsAndMappingsMixAndTheLaterWins() throws {
        #expect(
            try merged("environment: {A: 1, B: 2}", "environment: [B=3, C]").environment == [
                "A": "1", "B": "3", "C": nil,
            ])
        #expect(try merged("labels: [a=1]", "labels: {a: 2, b: }").labels == ["a": "2", "b": ""])
        #expect(try merged("dns: 1.1.1.1", "dns: [2.2.2.2, 1.1.1.1]").dns == ["1.1.1.1", "2.2.2.2"])
    }

    @Test func listsAreAppended() throws {
        #expect(try merged("cap_add: [A, B]", "cap_add: [B, C]").capAdd == ["A", "B", "C"])
        #expect(try merged("security_opt: [a]", "security_opt: [b]").securityOpt == ["a", "b"])
        #expect(
            try merged("extra_hosts: [a=1.1.1.1]", "extra_hosts: [a=1.1.1.1, a=2.2.2.2]").extraHosts == [
                "a": ["1.1.1.1", "2.2.2.2"]
            ])
    }

    @Test func mountsAreUniqueByTarget() throws {
        let volumes = try merged("volumes: [\"./one:/d\", \"./k:/k\"]", "volumes: [\"./two:/d:ro\"]").volumes
        #expect(volumes.map(\.source) == ["/p/two", "/p/k"])
        #expect(volumes[0].readOnly)
    }

    @Test func portsAreUniqueByAddressAndBothPorts() throws {
        let ports = try merged("ports: [\"80:80\"]", "ports: [\"80:80\", \"81:80\"]").ports
        #expect(ports.map(\.spelling.published) == ["80", "81"])
    }

    @Test func shortFormsBecomeMappings() throws {
        let merged = try service(
            "services: {a: {image: x, build: ./dir, depends_on: [b], networks: [n]}, b: {image: x}}\nnetworks: {n: , m: }",
            [
                "compose.override.yaml":
                    "services: {a: {build: {target: t}, depends_on: {b: {condition: service_healthy}}, networks: {m: {priority: 1}}}}"
            ])
        #expect(merged.build?.context == "/p/dir")
        #expect(merged.build?.target == "t")
        #expect(merged.dependsOn["b"]?.condition == .healthy)
        #expect(merged.networkNamesByPriority == ["m", "n"])
    }

    @Test func loggingOptionsMergeOnlyForTheSameDriver() throws {
        #expect(
            try merged("logging: {driver: d, options: {a: 1}}", "logging: {options: {b: 2}}").logging?.options == [
                "a": "1", "b": "2",
            ])
        #expect(
            try merged("logging: {driver: d, options: {a: 1}}", "logging: {driver: e, options: {b: 2}}").logging?
                .options == ["b": "2"])
    }

    @Test func resetRemovesAndOverrideReplaces() throws {
        let merged = try merged(
            "ports: [\"80:80\"], labels: {a: 1}, environment: {A: 1}",
            "ports: !override [\"81:80\"], labels: !reset null, environment: {A: !reset null}")
        #expect(merged.ports.map(\.spelling.published) == ["81"])
        #expect(merged.labels == [:])
        #expect(merged.environment == [:])
    }

    @Test func otherTypesCannotBeMerged() {
        let problems = problems(
            "services: {a: {image: x, cap_add: [A]}}", ["compose.override.yaml": "services: {a: {cap_add: {b: c}}}"])
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("compose.override.yaml:1:") == true)
    }

    @Test func documentsOfOneFileOverrideEachOther() throws {
        #expect(try service("services: {a: {image: x}}\n---\nservices: {a: {image: y}}\n").image == "y")
    }
}
