internal import ArgumentParser
internal import EngineModel
internal import Primitives
internal import Reconciler
internal import TerminalUI

struct EventsCommand: ComposeCommand {
    @Flag(help: "Output events as a stream of json objects")
    var json = false
    @Option(help: "Show all events created since timestamp")
    var since: String?
    @Option(help: "Stream events until this timestamp")
    var until: String?
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let (_, project) = try context.projectOrName()
        let services = Set(services)
        let cancellation = Cancellation()
        context.output.whenClosed { cancellation.cancel() }
        try context.engine().events(
            labels: [ProjectLabel.project: project], since: try since.map(TimeText.instant),
            until: try until.map(TimeText.instant), cancellation: cancellation
        ) { event in
            let service = event.attributes[ProjectLabel.service] ?? ""
            if event.type == "container" && (services.isEmpty || services.contains(service)) {
                context.output.line(json ? Self.json(event, service).text(.go) : Self.text(event))
                context.output.flush()
            }
            return !context.output.failed
        }
        return 0
    }

    private static func attributes(_ event: Event) -> [(key: String, value: String)] {
        event.attributes.filter { !$0.key.hasPrefix("com.docker.compose.") }.sorted { $0.key < $1.key }
    }

    private static func text(_ event: Event) -> String {
        let attributes = attributes(event).map { "\($0.key)=\($0.value.withoutControls)" }.joined(separator: ", ")
        return "\(TimeText.microseconds(event.time)) container \(event.action) \(event.id) (\(attributes))\n"
    }

    private static func json(_ event: Event, _ service: String) -> JSONValue {
        [
            "action": .string(event.action),
            "attributes": .object(attributes(event).map { JSONValue.Member($0.key, .string($0.value)) }),
            "id": .string(event.id), "service": .string(service),
            "time": .string(event.time.rfc3339), "type": "container",
        ]
    }
}
