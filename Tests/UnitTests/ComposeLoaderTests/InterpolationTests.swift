import Testing

@testable import ComposeLoader
@testable import ComposeModel

struct InterpolationTests {
    private static let variables = ["SET": "value", "EMPTY": ""]

    private func substitute(_ text: String) throws -> String {
        try Template(lookup: { Self.variables[$0] }, missing: { _ in }).substitute(text)
    }

    @Test(arguments: [
        ("$SET", "value"), ("${SET}", "value"), ("$UNSET", ""), ("a$SET.b", "avalue.b"), ("$$SET", "$SET"),
        ("${SET:-d}", "value"), ("${EMPTY:-d}", "d"), ("${UNSET:-d}", "d"), ("${EMPTY-d}", ""), ("${UNSET-d}", "d"),
        ("${SET:?e}", "value"), ("${EMPTY?e}", ""), ("${SET:+r}", "r"), ("${EMPTY:+r}", ""), ("${EMPTY+r}", "r"),
        ("${UNSET+r}", ""), ("${UNSET:-${EMPTY:-deep}}", "deep"), ("${UNSET:-a}${SET}", "avalue"),
        ("$1 $ $-", "$1 $ $-"),
        ("${UNSET:-{x}}", "{x}"), ("${UNSET:-a:-b}", "a:-b"), ("end$", "end$"),
    ])
    func formsOfSubstitution(text: String, result: String) throws {
        #expect(try substitute(text) == result)
    }

    @Test(arguments: ["${", "${}", "${1}", "${ A }", "${A", "${A:}", "${A//a/b}", "${A:-x\ny}", "${A.b}"])
    func brokenFormsAreRefused(text: String) {
        #expect(throws: Template.Failure.self) { try substitute(text) }
    }

    @Test func aRequiredVariableFailsWithItsMessageAndPlace() {
        let problems = problems("services:\n  a:\n    image: ${TAG:?set TAG}\n")
        #expect(
            problems == [
                "compose.yaml:3:12: services.a.image: required variable TAG is missing a value: set TAG"
            ])
    }

    @Test func anUnsetVariableIsWarnedAboutOnce() throws {
        let result = try load("services:\n  a: {image: \"x$Q\", hostname: \"h$Q\"}\n")
        #expect(result.warnings.map(\.message) == ["The \"Q\" variable is not set. Defaulting to a blank string."])
    }

    @Test func keysAreNotInterpolated() throws {
        let service = try service(
            "services: {a: {image: x, labels: {\"$SET\": \"$SET\"}}}", environment: Self.variables)
        #expect(service.labels == ["$SET": "value"])
    }

    @Test func textBecomesTheTypeOfTheAttribute() throws {
        let service = try service(
            "services: {a: {image: x, tty: \"$YES\", scale: \"$TWO\", cpus: \"$HALF\", mem_limit: \"$SIZE\"}}",
            environment: ["YES": "yes", "TWO": "2", "HALF": "0.5", "SIZE": "1.5g"])
        #expect(service.tty)
        #expect(service.scale == 2)
        #expect(service.cpus == 0.5)
        #expect(service.memLimit == 1_610_612_736)
    }

    @Test func textOfTheWrongTypeIsRefused() {
        #expect(
            problems("services: {a: {image: x, tty: \"maybe\"}}")
                == ["compose.yaml:1:31: services.a.tty: \"maybe\" is not a boolean, use true or false"])
    }

    @Test func nestedDefaultsEndSomewhere() {
        let bomb = String(repeating: "${A:-", count: 100_000) + String(repeating: "}", count: 100_000)
        #expect(throws: Template.Failure.self) { try substitute(bomb) }
    }

    @Test(arguments: [
        ("1_000", 1000.0), (".5", 0.5), ("1e3", 1000), ("0x10", nil), ("0x1p4", 16), ("_1", nil), ("1__0", nil),
        (" 1", nil),
    ])
    func numbersAreReadAsGoDoes(text: String, value: Double?) {
        #expect(Casting.float(text) == value)
    }

    @Test func withoutInterpolationNoVariableOfTheCallerIsUsed() throws {
        let text = """
            services:
              a: {build: {args: [A]}, environment: [A, B=$B], command: [], cap_add: [], secrets: [s]}
            secrets: {s: {environment: A}}
            x-list: []
            """
        var options = LoadOptions(environment: ["A": "1", "B": "2"], workingDirectory: "/p")
        options.projectName = "p"
        let files = MemoryFiles(contents: ["/p/compose.yaml": text])
        let json = try renderDocument(options, files: files, as: .json).text
        let words = json.split { " \n,".contains($0) }.joined(separator: " ")
        #expect(words.contains("\"environment\": [ \"A\" \"B=$B\" ]"))
        #expect(words.contains("\"args\": null"))
        #expect(words.contains("\"command\": null"))
        #expect(words.contains("\"cap_add\": []"))
        #expect(words.contains("\"secrets\": { \"s\": { \"environment\": \"A\" \"name\": \"p_s\" } }"))
        #expect(words.contains("\"x-list\": null"))
    }
}
