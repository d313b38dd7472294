internal import ArgumentParser
internal import EngineModel
internal import Primitives
internal import TerminalUI

struct PortCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atLeast(2, atMost: 2)

    @Option(help: .value("int", "Index of the container if service has multiple replicas"))
    var index = 0
    @Option(name: .customLong("protocol"), help: "tcp or udp")
    var transport = "tcp"
    @Argument(help: "SERVICE")
    var service: String
    @Argument(help: "PRIVATE_PORT")
    var port: String

    func execute(_ context: CommandContext) throws -> Int32 {
        guard let wanted = ContainerPort("\(port)/\(transport)") else {
            throw CommandError(
                "invalid port \"\(port)/\(transport)\"", hint: "it is a number from 1 to 65535, and tcp or udp")
        }
        let container = try context.container(of: service, index: index, running: false)
        guard let bound = container.ports.first(where: { $0.containerEnd == wanted }) else {
            // As docker words it: the host's ends, 0 for a port that is only exposed.
            let exposed = container.configuration.exposedPorts.filter { port in
                !container.ports.contains { $0.containerEnd == port }
            }
            let ends = container.ports.map { "\($0.hostPort)/\($0.transport)" } + exposed.map { "0/\($0.transport)" }
            let published = ends.joined(separator: ", ")
            throw CommandError("no port \(wanted) for container \(container.name): \(published)")
        }
        context.output.line(bound.hostEnd)
        return 0
    }
}
