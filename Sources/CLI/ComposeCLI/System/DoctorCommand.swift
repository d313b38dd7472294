internal import ArgumentParser
internal import EngineModel
internal import Primitives
internal import TerminalUI

struct DoctorCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none
    static let details: String? = """
        Nothing is changed. What commands left behind that were killed is removed by the
        next supervisor that starts, by "compose down" and by "compose system prune".

        The exit code is 1 if something does not fit. A container's own volume that
        outlived it may be wanted: it is only shown.
        """

    @Option(help: .value("format", "Format the output. Values: [table | json]"))
    var format = "table"

    func execute(_ context: CommandContext) throws -> Int32 {
        guard format == "table" || format == "json" else {
            throw CommandError("unsupported format \"\(format)\"", hint: "it is table or json")
        }
        let findings = try context.engine().findings()
        if format == "json" {
            let objects = findings.map { finding -> JSONValue in
                [
                    "Kind": .string(finding.kind.rawValue), "Name": .string(finding.name),
                    "Place": .string(finding.place), "Reason": .string(finding.reason),
                    "Removable": .boolean(finding.kind.isRemoved),
                ]
            }
            context.output.line(JSONValue.array(objects).description)
        } else if findings.isEmpty {
            context.output.line("What is on this host fits to the record.")
        } else {
            var table = Table(["KIND", "NAME", "PLACE", "REASON"])
            for finding in findings {
                table.add([finding.kind.rawValue, finding.name, finding.place, finding.reason])
            }
            context.output.write(table.text)
        }
        return findings.allSatisfy { $0.kind == .volume } ? 0 : 1
    }
}
