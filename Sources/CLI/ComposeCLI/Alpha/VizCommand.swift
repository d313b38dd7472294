internal import ArgumentParser
internal import ComposeModel
internal import Reconciler
internal import TerminalUI

/// The project as a graph in the language of graphviz.
struct VizCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Flag(help: "Include service's image name in output graph")
    var image = false
    @Option(help: .value("int", "Number of tabs or spaces to use for indentation (default 1)"))
    var indentationSize: Int?
    @Flag(help: "Include service's attached networks in output graph")
    var networks = false
    @Flag(help: "Include service's exposed ports in output graph")
    var ports = false
    @Flag(
        help: "If given, space character ' ' will be used to indent, otherwise tab character '\\t' will be used")
    var spaces = false

    func execute(_ context: CommandContext) throws -> Int32 {
        context.errors.line("viz command is EXPERIMENTAL")
        let size = indentationSize ?? 1
        if size < 0 { throw CommandError("invalid indentation size: \(size)") }
        let project = try context.project()
        let indent = String(repeating: spaces ? " " : "\t", count: size)
        let services = project.serviceNames.compactMap { project.services[$0] }
        var lines = ["digraph \(Self.quoted(project.name)) {", "\(indent)layout=dot;"]
        for service in services {
            lines.append("\(indent)\(Self.quoted(service.name)) [style=\"filled\" label=<\(label(service, project))>];")
        }
        lines.append("")
        for service in services {
            for dependency in service.dependsOn.keys.sorted() {
                lines.append("\(indent)\(Self.quoted(service.name)) -> \(Self.quoted(dependency));")
            }
        }
        context.output.line(lines.joined(separator: "\n") + "\n}\n")
        return 0
    }

    private func label(_ service: Service, _ project: Project) -> String {
        var text = "<font point-size=\"15\">\(Self.escaped(service.name))</font>"
        if networks { text += Self.part("Networks", service.networks.keys.sorted()) }
        if ports { text += Self.part("Ports", service.ports.map(Self.words)) }
        if image { text += Self.part("Image", [project.imageReference(of: service)]) }
        return text
    }

    private static func part(_ title: String, _ lines: [String]) -> String {
        if lines.isEmpty { return "" }
        let lines = lines.map(escaped).joined(separator: "<br/>")
        return "<font point-size=\"10\"><br/><br/><b>\(title):</b><br/>\(lines)</font>"
    }

    private static func words(_ port: PortConfig) -> String {
        let address = port.spelling.hostIP.map { "\($0):" } ?? ""
        let transport = port.spelling.transport ?? "tcp"
        return
            "\(address)\(port.spelling.published ?? ""):\(port.spelling.target) (\(transport), \(port.mode ?? "ingress"))"
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
    }

    /// Docker compose leaves these as they are, which graphviz does not take.
    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: "\(character)"
            }
        }.joined()
    }
}
