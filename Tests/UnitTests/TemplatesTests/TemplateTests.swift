import Glibc
import Primitives
import Testing

@testable import Templates

/// Templates and what docker compose's `ps --format` prints for them, or the error that it ends with.
private struct Case: CustomTestStringConvertible {
    var template: String
    var isFilled: Bool
    var text: String

    var testDescription: String { template }

    /// Two lines each: the template, and `= text` or `! error`.
    static let all: [Case] = {
        let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        guard let file = fopen(folder + "/Golden/templates.txt", "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return stride(from: 0, to: lines.count - 1, by: 2).map { index in
            Case(
                template: String(lines[index]), isFilled: lines[index + 1].hasPrefix("= "),
                text: String(lines[index + 1].dropFirst(2)))
        }
    }()
}

private func publisher(_ url: String, _ target: Int64, _ published: Int64) -> TemplateValue {
    .structure(
        TemplateStructure(
            "api.PortPublisher",
            [
                ("URL", .string(url)), ("TargetPort", .integer(target)), ("PublishedPort", .integer(published)),
                ("Protocol", .string("tcp")),
            ]))
}

private let container = TemplateValue.structure(
    TemplateStructure(
        "*formatter.ContainerContext",
        [
            ("ExitCode", .integer(0)), ("Health", .string("")), ("ID", .string("aaaaaaaaaaaa")),
            ("Labels", .string("a=b")), ("Name", .string("p-web-1")),
            ("Ports", .string("443/tcp, 0.0.0.0:8080->80/tcp")),
            (
                "Publishers",
                .list([publisher("0.0.0.0", 80, 8080), publisher("", 443, 0)], type: "api.PortPublishers")
            ), ("State", .string("running")), ("Status", .string("Up 2 minutes")),
        ], methods: ["Label": { $0 == "org.shop.tier" ? "front <row>" : "" }]))

private func outcome(_ template: String, _ value: TemplateValue, _ limits: TemplateLimits = TemplateLimits()) -> String
{
    do throws(TemplateError) {
        return try Template(template).fill(value, limits: limits)
    } catch {
        return error.description
    }
}

@Suite struct TemplateTests {
    @Test func thereAreCases() { #expect(Case.all.count > 200) }

    @Test(arguments: Case.all)
    private func templatesDoWhatDockerComposeDoesWithThem(_ one: Case) {
        #expect(outcome(one.template, container) == one.text)
    }

    @Test(arguments: [
        (
            "{{ .Name}}\n{{.Foo}}",
            "template: :2:2: executing \"\" at <.Foo>: can't evaluate field Foo in type *formatter.ContainerContext"
        ),
        ("{{\"a\nb\"}}", "template: :1: unterminated quoted string"),
        ("{{`a\nb`}}", "a\nb"), ("a {{- /* of\ntwo lines */ -}}\n b", "ab"),
        ("{{if .Name}}\n{{if", "template: :2: unclosed action"),
        ("{{if .Name}}\n{{if }}", "template: :2: missing value for if"),
        ("{{print\n1", "template: :2: unclosed action started at :1"),
        ("{{printf \"%s\\t%q\" .Name \"\\u00e9\\x41\\101\"}}", "p-web-1\t\"éAA\""),
    ])
    func linesAreCounted(template: String, expected: String) {
        #expect(outcome(template, container) == expected)
    }

    @Test(arguments: [
        ("{{.Id}} {{.Size}}", "sha256:1 12"), ("{{.Tags}}", "[a:1 b:2]"), ("{{.Config.Labels}}", "map[x:y]"),
        ("{{json .Config}}", #"{"Env":[],"Labels":{"x":"y"}}"#), (#"{{index .Config.Labels "x"}}"#, "y"),
        ("{{.Config.Labels.nosuch}}|{{index .Config.Labels \"nosuch\"}}|", "<no value>||"),
        (#"{{join .Tags ", "}}"#, "a:1, b:2"), ("{{.Parent}}", "<no value>"), ("{{json .Parent}}", "null"),
        ("{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}{{end}}", "x=y"), ("{{len .Config}}", "2"),
        ("{{.Nothing}}", "template: :1:2: executing \"\" at <.Nothing>: map has no entry for key \"Nothing\""),
        (
            "{{.Config.Nothing}}",
            "template: :1:9: executing \"\" at <.Config.Nothing>: map has no entry for key \"Nothing\""
        ),
        (
            "{{.Config.Env.x}}",
            "template: :1:9: executing \"\" at <.Config.Env.x>: can't evaluate field x in type []string"
        ),
        ("{{printf \"%v %q\" .Config.Labels .Config.Labels}}", #"map[x:y] map["x":"y"]"#), ("{{.Share}}", "0.5"),
    ])
    func documentsAreMaps(template: String, expected: String) {
        let document: JSONValue = [
            "Id": "sha256:1", "Size": 12, "Tags": ["a:1", "b:2"], "Config": ["Env": [], "Labels": ["x": "y"]],
            "Parent": .null, "Share": .number("0.5"),
        ]
        #expect(outcome(template, TemplateValue(document, maps: ["Labels"])) == expected)
    }

    @Test func headingsStayAsTheyAre() throws {
        let heading = TemplateValue.map(TemplateMap(["Name": .string("NAME")], methods: ["Label": { $0 + "!" }]))
        let template = try Template(#"{{upper .Name}}{{json .Name}}{{.Label "x"}} {{.Foo}} {{len .Bar}} {{.Name}}"#)
        #expect(template.fillAsFarAsPossible(heading, functions: .headings) == "NAMENAMEx! <no value> ")
    }

    @Test func whatATemplateMayDoIsLimited() {
        var limits = TemplateLimits()
        limits.output = 1000
        limits.steps = 5000
        limits.depth = 50
        let endless = outcome(#"{{define "x"}}{{template "x"}}{{end}}{{template "x"}}"#, container, limits)
        #expect(endless.hasSuffix("exceeded maximum template depth (50)"))
        #expect(outcome("{{range 1000000000000}}{{end}}", container, limits).hasSuffix("more than 5000 steps"))
        #expect(outcome(#"{{range 999}}{{pad "a" 9 9}}{{end}}"#, container, limits).hasSuffix("more than 1000 bytes"))
        let deep = String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000)
        #expect(outcome("{{\(deep)}}", container).contains("nested more than"))
        let nested = String(repeating: "{{if 1}}", count: 2_000)
        #expect(outcome(nested, container).contains("nested more than"))
        #expect(outcome(#"{{pad "a" 99999999999 0}}"#, container).contains("error calling pad"))
    }

    @Test func noTextMakesItFail() {
        // Whatever a template is cut to, it is a template or an error.
        for one in Case.all {
            for count in 0..<one.template.unicodeScalars.count {
                _ = outcome(String(String.UnicodeScalarView(one.template.unicodeScalars.prefix(count))), container)
            }
        }
    }

    @Test func valuesKeepTheirTypesAsJSON() throws {
        let text = "{{json .Publishers}} {{json .ExitCode}} {{json .Name}}"
        let expected =
            #"[{"URL":"0.0.0.0","TargetPort":80,"PublishedPort":8080,"Protocol":"tcp"},"#
            + #"{"URL":"","TargetPort":443,"PublishedPort":0,"Protocol":"tcp"}] 0 "p-web-1""#
        #expect(outcome(text, container) == expected)
    }
}
