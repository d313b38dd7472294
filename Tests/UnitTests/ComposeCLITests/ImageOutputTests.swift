import Primitives
import Testing

@testable import ComposeCLI

private let value: JSONValue = [
    "Id": "sha256:1", "Size": 12, "RepoTags": ["a:1", "b:2"], "Config": ["Env": [], "Labels": ["x": "y"]],
    "Parent": .null,
]

@Test(arguments: [
    ("{{.Id}} {{.Size}}", "sha256:1 12"), ("{{.RepoTags}}", "[a:1 b:2]"),
    ("{{json .Config}}", #"{"Env":[],"Labels":{"x":"y"}}"#),
    ("{{index .RepoTags 1}}", "b:2"), (#"{{index .Config.Labels "x"}}"#, "y"), ("{{len .RepoTags}}", "2"),
    (#"{{join .RepoTags ", "}}"#, "a:1, b:2"), ("{{.RepoTags | json}}", #"["a:1","b:2"]"#),
    ("{{range .RepoTags}}<{{.}}>{{end}}", "<a:1><b:2>"), ("{{if .Config.Env}}set{{else}}none{{end}}", "none"),
    (#"{{.Config.Labels}}\t{{upper "q"}}"#, "map[x:y]\tQ"),
])
func aTemplateIsFilled(format: String, expected: String) throws {
    #expect(try ValueTemplate(format).fill(value) == expected)
}

@Test(arguments: ["{{.Nothing}}", "{{range .RepoTags}}", "{{foo .Id}}", "{{.Id", "{{index .RepoTags 7}}"])
func aWrongTemplateIsRefused(format: String) {
    #expect(throws: CommandError.self) { try ValueTemplate(format).fill(value) }
}

@Test func anImageHasALineForEachName() throws {
    #expect(ImageFilter.parts("host:5000/a") == ("host:5000/a", "<none>"))
    #expect(ImageFilter.parts("host:5000/a:1") == ("host:5000/a", "1"))
}
