import Testing

@testable import ComposeLoader
@testable import ComposeModel

struct ExtendsIncludeTests {
    @Test func aServiceInheritsAndOverrides() throws {
        let service = try service(
            "services: {b: {image: x, user: u, environment: {A: 1, B: 1}}, a: {extends: b, environment: {B: 2}}}")
        #expect(service.image == "x")
        #expect(service.user == "u")
        #expect(service.environment == ["A": "1", "B": "2"])
    }

    @Test func pathsOfAnotherFileAreItsOwn() throws {
        let service = try service(
            "services: {a: {extends: {file: sub/base.yaml, service: s}}}",
            [
                "sub/base.yaml": "services: {s: {build: ./ctx, volumes: [\"./d:/d\"], env_file: e.env}}",
                "sub/e.env": "A=1",
            ])
        #expect(service.build?.context == "/p/sub/ctx")
        #expect(service.volumes.first?.source == "/p/sub/d")
        #expect(service.environment == ["A": "1"])
    }

    @Test(arguments: [
        "services: {a: {extends: b}, b: {extends: a}}", "services: {a: {extends: a}}",
        "services: {a: {image: x, extends: {file: compose.yaml, service: a}}}",
    ])
    func circlesAreRefused(text: String) {
        #expect(problems(text).first?.contains("services extend each other in a circle") == true)
    }

    @Test func whatIsMissingIsNamed() {
        #expect(
            problems("services: {a: {image: x, extends: {service: b}}}")
                == ["compose.yaml:1:45: services.a.extends: cannot extend service \"b\": there is none"])
        #expect(
            problems("services: {a: {image: x, extends: {file: no.yaml, service: b}}}").first?.contains("no such file")
                == true)
    }

    @Test func anIncludedProjectHasItsOwnDirectoryAndVariables() throws {
        let project = try load(
            "include: [sub/compose.yaml]\nservices: {a: {image: x, depends_on: [b]}}",
            [
                "sub/compose.yaml":
                    "services: {b: {image: \"$TAG\", volumes: [\"./d:/d\", \"v1:/v\"]}}\nvolumes: {v1: }",
                "sub/.env": "TAG=inner",
            ]
        ).project
        #expect(project.services["b"]?.image == "inner")
        #expect(project.services["b"]?.volumes.first?.source == "/p/sub/d")
        #expect(project.volumes["v1"]?.name == "p_v1")
    }

    @Test func includesMustNotConflictOrCircle() {
        let other = ["other.yaml": "services: {a: {image: y}}"]
        #expect(
            problems("include: [other.yaml]\nservices: {a: {image: x}}", other).first?.contains("conflicts") == true)
        #expect(problems("include: [compose.yaml]\nservices: {a: {image: x}}").first?.contains("in a circle") == true)
    }

    @Test func theSameIncludeTwiceIsNoConflict() {
        let other = ["other.yaml": "services: {b: {image: y}}"]
        #expect(problems("include: [other.yaml, ./other.yaml]\nservices: {a: {image: x}}", other) == [])
    }
}
