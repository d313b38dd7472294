import Testing

@testable import ComposeLoader
@testable import ComposeModel

struct ValidationTests {
    @Test func allProblemsOfAFileAreReportedWithTheirPlaces() {
        let text = """
            services:
              web:
                image: 5
                depend_on: [db]
                ports: 80
              db:
                image: y
                restrat: always
            """
        #expect(
            problems(text) == [
                "compose.yaml:3:12: services.web.image: must be text, not an integer: write \"5\"",
                "compose.yaml:4:5: services.web: unknown attribute \"depend_on\", did you mean depends_on?",
                "compose.yaml:5:12: services.web.ports: must be a list, not an integer",
                "compose.yaml:8:5: services.db: unknown attribute \"restrat\", did you mean restart?",
            ])
    }

    @Test(arguments: [
        ("services: {a: {image: x, ports: [\"80a\"]}}", "\"80a\" is not a container port, use 80 or 8000-8010"),
        ("services: {a: {image: x, cap_add: [A, 1]}}", "must be text, not an integer: write \"1\""),
        ("services: {a: {image: x, security_opt: [A, A]}}", "items 0 and 1 are equal"),
        ("services: {a: {image: x, depends_on: {b: {}}}}", "\"condition\" is missing"),
        ("services: {a: {image: x, cgroup: other}}", "\"other\" is not one of host, private"),
        ("services: {a: {image: x, oom_score_adj: 2000}}", "2000 must be between -1000 and 1000"),
        (
            "services: {\"a b\": {image: x}}",
            "\"a b\" is not an allowed name: use letters, digits, \".\", \"_\" and \"-\""
        ),
        (
            "services: {a: {image: x, environment: {A: 2001-01-01}}}",
            "a date must be put in quotes: \"2001-01-01\""
        ),
        (
            "services: {a: {image: x, container_name: a}}",
            "\"a\" is not a container name: it needs two or more letters, digits, \"_\", \".\" or \"-\""
        ),
        (
            "services: {a: {image: x, stop_grace_period: \"90\"}}",
            "\"90\" is not a duration, use a number and a unit, such as 1m30s"
        ),
        ("services: {a: {image: x, mem_limit: 5x}}", "\"5x\" is not a size, use a number and b, k, m or g"),
        ("services: {a: {image: x, volumes: [{type: bind, target: /a}]}}", "a bind mount needs a source"),
        ("services: {a: {image: x}}\nsecrets: {s: {}}", "one of file, environment must be set"),
        ("services: {a: {image: x, ports: [{target: 80, host_ip: x}]}}", "\"x\" is not an IP address"),
        ("services: {a: {image: x, hostname: [a]}}", "must be text, not a list"),
        ("- a", "the file must be a mapping"), ("", "empty compose file"),
        (
            "services: {a: {image: x, hostname: b, hostname: c}}",
            "key \"hostname\" is already defined at line 1, column 26"
        ),
    ])
    func whatIsWrongIsSaid(text: String, message: String) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix(message) == true, "\(found)")
    }

    @Test(arguments: [
        ("services: {a: {}}", "services.a: has neither an image nor a build context"),
        ("services: {a: {image: x, depends_on: [b]}}", "services.a.depends_on: there is no service \"b\""),
        ("services: {a: {image: x, networks: [n]}}", "services.a.networks: there is no network \"n\""),
        ("services: {a: {image: x, volumes: [\"vol:/v\"]}}", "services.a.volumes: there is no volume \"vol\""),
        ("services: {a: {image: x, secrets: [s]}}", "services.a.secrets: there is no secret \"s\""),
        (
            "services: {a: {image: x, network_mode: host, networks: [n]}}\nnetworks: {n: }",
            "services.a: network_mode and networks exclude each other"
        ),
        (
            "services: {a: {image: x, healthcheck: {test: [curl]}}}",
            "services.a.healthcheck.test: must start with CMD, CMD-SHELL or NONE"
        ),
        (
            "services: {a: {image: x, scale: 2, deploy: {replicas: 3}}}",
            "services.a: scale and deploy.replicas have different values"
        ),
        ("services: {a: {image: x, scale: -1}}", "services.a.scale: must be 0 or more"),
        (
            "services: {a: {image: x, scale: 2, container_name: cc}}",
            "services.a.container_name: only one container can have the name, but 2 are asked for"
        ),
        (
            "services: {a: {image: x, tmpfs: /t, volumes: [\"./x:/t\"]}}",
            "services.a.volumes[0]: /t is already mounted by tmpfs[0]"
        ),
        (
            "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}",
            "services: dependency cycle detected: a -> b -> a"
        ),
    ])
    func aProjectMustFitTogether(text: String, message: String) {
        #expect(problems(text).count == 1)
        #expect(problems(text).allSatisfy { $0.hasPrefix("compose.yaml:1:") && $0.hasSuffix(": " + message) })
    }

    @Test func consistencyCanBeLeftUnchecked() {
        #expect(problems("services: {a: {image: x, depends_on: [b]}}") { $0.checkConsistency = false } == [])
    }

    @Test func theVersionIsWarnedAbout() throws {
        let warnings = try load("version: '3'\nservices: {a: {image: x}}").warnings
        #expect(warnings.first?.message.hasPrefix("/p/compose.yaml: the attribute `version` is obsolete") == true)
    }

    @Test(arguments: [
        "name: '*'\nservices: {a: {image: x}}", "services: {a: {image: x, tmpfs: [/t, '/t:ro']}}",
        "services: {a: {image: x, ports: [{target: 80, host_ip: ''}]}}", "services: {a: {image: x, group_add: [1.5]}}",
        "services: {a: {image: x, storage_opt: {size: true}}}", "services: {a: {image: x, mem_limit: '0x10'}}",
        "services: {a: {image: x, volumes: ['vv:/v']}}\nvolumes: {vv: {labels: [a, a]}}",
    ])
    func refusedAsByDockerCompose(text: String) {
        #expect(problems(text).count == 1)
    }

    @Test(arguments: ["interval", "timeout", "start_period", "start_interval"])
    func aHealthcheckHasNoNegativeTimes(name: String) {
        let found = problems("services: {a: {image: x, healthcheck: {\(name): -5s}}}")
        #expect(
            found == [
                "compose.yaml:1:\(42 + name.utf8.count): services.a.healthcheck.\(name): \"-5s\" must not be negative"
            ])
    }

    @Test func anAccentAfterTheEqualsSignBelongsToTheValue() throws {
        #expect(try service("services: {a: {image: x, labels: [\"q=\\u0300\"]}}").labels == ["q": "\u{300}"])
    }
}
