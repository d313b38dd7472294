import Testing

@testable import ComposeLoader
@testable import ComposeModel

struct ProjectTests {
    @Test func theNameComesFromTheFirstPlaceThatHasOne() throws {
        let text = "name: From_File\nservices: {a: {image: x}}"
        #expect(try load(text).project.name == "from_file")
        #expect(try load("services: {a: {image: x}}").project.name == "p")
        #expect(try load(text, environment: ["COMPOSE_PROJECT_NAME": "env"]).project.name == "env")
        #expect(try load(text, [".env": "COMPOSE_PROJECT_NAME=dot"]).project.name == "dot")
        #expect(
            try load(text, environment: ["COMPOSE_PROJECT_NAME": "env"]) { $0.projectName = "flag" }.project.name
                == "flag")
        #expect(problems(text) { $0.projectName = "Bad" }.count == 1)
    }

    @Test func filesAreFoundUpwardsAndOverridesBesideThem() throws {
        let result = try load("services: {a: {image: x}}", ["compose.override.yml": "services: {a: {user: u}}"]) {
            $0.workingDirectory = "/p/deep/er"
        }
        #expect(result.project.services["a"]?.user == "u")
        #expect(result.project.workingDirectory == "/p")
        #expect(problems("") { $0.workingDirectory = "/elsewhere" } == ["no configuration file provided: not found"])
    }

    @Test func impliedDependenciesAreAdded() throws {
        let service = try service(
            """
            services:
              a: {image: x, links: ["b:alias"], network_mode: "service:c", volumes_from: ["d:ro", "container:e"]}
              b: {image: x}
              c: {image: x}
              d: {image: x}
            """)
        #expect(service.dependsOn["b"] == ServiceDependency(restart: true))
        #expect(service.dependsOn["c"] == ServiceDependency(restart: true))
        #expect(service.dependsOn["d"] == ServiceDependency(restart: false))
        #expect(service.dependsOn.count == 3)
        #expect(service.networks.isEmpty)
    }

    @Test func resourcesGetNamesAndUnusedOnesGo() throws {
        let text = """
            services: {a: {image: x, networks: [n], volumes: ["vol:/v"]}}
            networks: {n: , m: }
            volumes: {vol: {external: true}, other: }
            """
        let project = try load(text).project
        #expect(project.networks.mapValues(\.name) == ["n": "p_n"])
        #expect(project.volumes.mapValues(\.name) == ["vol": "vol"])
        #expect(try load(text) { $0.allResources = true }.project.networks.count == 2)
    }

    @Test func profilesEnableServices() throws {
        let text = """
            services:
              a: {image: x}
              b: {image: x, profiles: [p]}
              c: {image: x, profiles: [q], depends_on: {b: {condition: service_started, required: false}}}
            """
        #expect(try load(text).project.serviceNames == ["a"])
        #expect(try load(text) { $0.profiles = ["p"] }.project.serviceNames == ["a", "b"])
        #expect(try load(text, environment: ["COMPOSE_PROFILES": "p,q"]).project.serviceNames == ["a", "b", "c"])
        #expect(try load(text) { $0.profiles = ["*"] }.project.serviceNames == ["a", "b", "c"])
        #expect(try load(text) { $0.services = ["c"] }.project.serviceNames == ["c"])
    }

    @Test func namedServicesComeWithTheirDependencies() throws {
        let text =
            "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [c]}, c: {image: x}, d: {image: x}}"
        #expect(try load(text) { $0.services = ["a"] }.project.serviceNames == ["a", "b", "c"])
        let alone = try load(text) {
            $0.services = ["a"]
            $0.dependencyPolicy = .none
        }.project
        #expect(alone.serviceNames == ["a"])
        #expect(alone.services["a"]?.dependsOn == [:])
        let dependents = try load(text) {
            $0.services = ["b"]
            $0.dependencyPolicy = .dependents
        }.project
        #expect(dependents.serviceNames == ["a", "b"])
        #expect(problems(text) { $0.services = ["z"] } == ["no such service: z"])
    }

    @Test func theHashLeavesOutWhatNeedsNoNewContainer() throws {
        let base = configurationHash(of: try service("services: {a: {image: x}}"))
        #expect(base.count == 64)
        let same = try service("services: {a: {image: x, scale: 3, profiles: [\"\"], pull_policy: always, build: .}}")
        #expect(configurationHash(of: same) == base)
        #expect(configurationHash(of: try service("services: {a: {image: x, user: u}}")) != base)
    }

    /// Taken from docker compose 2.40.3: containers that it made are known by this hash.
    @Test func theHashIsThatOfDockerCompose() throws {
        let service = try service(
            "services: {a: {image: x, environment: {A: \"<1>\"}, ports: [\"80:80\"], volumes: [\"/d:/dd\"], healthcheck: {test: t}}}"
        )
        #expect(configurationHash(of: service) == "c533983bf6abefda6b576fa01fcad758560233e63c7332e99d77ce246661d93b")
    }

    @Test func everyAttributeHasAPath() {
        let paths = attributePaths()
        for path in ["name", "services.*.image", "services.*.ports[].target", "networks.*.ipam.config[].subnet"] {
            #expect(paths.contains(path))
        }
        #expect(paths == paths.sorted())
    }

    @Test func variablesOfAProjectAreListed() throws {
        var options = LoadOptions(environment: [:], workingDirectory: "/p")
        options.projectName = "p"
        let files = MemoryFiles(contents: [
            "/p/compose.yaml": "services: {a: {image: \"${A:-${B}}\", user: \"${C:?no}\", hostname: \"${D+x}\"}}"
        ])
        let found = try projectVariables(options, files: files)
        #expect(found.map(\.name) == ["A", "B", "C", "D"])
        #expect(found.map(\.defaultValue) == ["${B}", "", "", ""])
        #expect(found.map(\.required) == [false, false, true, false])
        #expect(found.map(\.alternateValue) == ["", "", "", "x"])
    }
}
