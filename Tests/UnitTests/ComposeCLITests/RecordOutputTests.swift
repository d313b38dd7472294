import LinuxSystem
import Primitives
import SystemPackage
import Templates
import TerminalUI
import Testing

@testable import ComposeCLI

/// Lists, as commands print them by `--format`.
struct RecordOutputTests {
    private static let layout = RecordLayout(
        type: "ContainerContext", columns: [("NAME", "Name"), ("STATUS", "Status")], headings: [("CONTAINER ID", "ID")],
        raw: "name: {{.Name}}\n")

    private static let records = ["p-web-1", "p-db-1"].map { name in
        Record(
            [
                ("ID", .string("aaaa")), ("Name", .string(name)), ("Ports", .list([.integer(80)], type: "[]int")),
                ("Status", .string("Up <1s")),
            ], labels: ["org.shop.front-row": "yes"])
    }

    /// What is printed, and the error behind it.
    private func printed(_ format: String, _ records: [Record] = records) throws -> String {
        try written { context in
            do {
                try context.printRecords(records, Self.layout, format)
            } catch let error as CommandError {
                context.output.line("error: \(error.message)")
            }
        }
    }

    private func written(_ body: (CommandContext) throws -> Void) throws -> String {
        let pipe = try Descriptor.pipe()
        let (read, write) = (pipe.read.take(), pipe.write.take())
        let reading = Descriptor(owning: read)
        do {
            let writing = Descriptor(owning: write)
            let writer = OutputWriter(writing.raw, immediate: true)
            try body(
                CommandContext(
                    root: try RootOptions([]), environment: [:], workingDirectory: "/", output: writer, errors: writer))
        }
        return String(decoding: try reading.readAll(), as: UTF8.self)
    }

    @Test(arguments: [
        ("", "NAME      STATUS\np-web-1   Up <1s\np-db-1    Up <1s\n"),
        ("table", "NAME      STATUS\np-web-1   Up <1s\np-db-1    Up <1s\n"),
        (
            #"table {{.ID}}\t{{upper .Name}}\t{{.Label "org.shop.front-row"}}"#,
            "CONTAINER ID   NAME      front row\naaaa           P-WEB-1   yes\naaaa           P-DB-1    yes\n"
        ),
        ("{{.Name}}: {{json .Ports}}", "p-web-1: [80]\np-db-1: [80]\n"),
        (#"  {{.Name}}\n-  "#, "p-web-1\n-\np-db-1\n-\n"), ("raw", "name: p-web-1\n\nname: p-db-1\n\n"),
        ("plain", "plain\nplain\n"),
        (
            "{{if eq .Name \"p-db-1\"}}{{.Foo}}{{else}}x{{end}}",
            "error: template parsing error: template: :1:26: executing \"\" at <.Foo>: "
                + "can't evaluate field Foo in type *formatter.ContainerContext\n"
        ),
        ("{{.Name", "error: template parsing error: template: :1: unclosed action\n"),
    ])
    func listsFollowTheirFormat(format: String, expected: String) throws {
        #expect(try printed(format) == expected)
    }

    @Test func anEmptyListHasItsHeadings() throws {
        #expect(try printed("table", []) == "NAME      STATUS\n")
        #expect(try printed(#"table {{.ID}}\t{{.Foo}}"#, []) == "CONTAINER ID   <no value>\n")
        #expect(try printed("{{.Foo}}", []) == "")
    }

    @Test func jsonHasTheTypesAndGosEscapes() throws {
        let object = #"{"ID":"aaaa","Name":"p-web-1","Ports":[80],"Status":"Up \u003c1s"}"#
        #expect(try printed("json", [Self.records[0]]) == object + "\n")
        #expect(try printed("{{json .}}", [Self.records[0]]) == object + "\n")
        #expect(try printed("{{json .Status}}", [Self.records[0]]) == "\"Up <1s\"\n")
    }

    @Test func documentsArePrintedAsInspectDoes() throws {
        let document: JSONValue = ["Id": "1", "Config": ["Labels": ["a": "b"]], "Empty": .object([])]
        let all = try written { try $0.printDocuments([document], "") }
        #expect(
            all == """
                [
                    {
                        "Id": "1",
                        "Config": {
                            "Labels": {
                                "a": "b"
                            }
                        },
                        "Empty": {}
                    }
                ]

                """)
        #expect(try written { try $0.printDocuments([document], "{{.Config.Labels.nosuch}}") } == "<no value>\n")
        #expect(throws: CommandError.self) {
            try written { try $0.printDocuments([document], "{{.Nosuch}}") }
        }
    }
}
