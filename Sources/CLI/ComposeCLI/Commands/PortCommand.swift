internal import ArgumentParser
internal import EngineModel
internal import TerminalUI

struct PortCommand: ComposeCommand {
    @Option(help: .value("int", "Index of the container if service has multiple replicas"))
    var index = 0
    @Option(name: .customLong("protocol"), help: "tcp or udp")
    var transport = "tcp"
    @Argument(help: "SERVICE")
    var service: String
    @Argument(help: "PRIVATE_PORT")
    var port: String

    func execute(_ context: CommandContext) throws -> Int32 {
        guard let number = UInt16(port), number > 0 else {
            throw CommandError("invalid port \"\(port)\"", hint: "it is a number from 1 to 65535")
        }
        let container = try context.container(of: service, index: index, running: false)
        let wanted = transport.lowercased()
        guard let bound = container.ports.first(where: { $0.containerPort == number && $0.protocolName == wanted })
        else {
            let published = container.ports.map { "\($0.containerPort)/\($0.protocolName)" }.joined(separator: ", ")
            throw CommandError("no port \(number)/\(wanted) for container \(container.name): \(published)")
        }
        let address = bound.hostAddress.contains(":") ? "[\(bound.hostAddress)]" : bound.hostAddress
        context.output.line("\(address):\(bound.hostPort)")
        return 0
    }
}
