internal import ArgumentParser
internal import EngineModel
internal import Reconciler
internal import TerminalUI

struct TopCommand: ComposeCommand {
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        let containers = try context.containers(of: services, oneOffs: true).found.filter(\.isRunning)
        if containers.isEmpty { return 0 }
        var table = Table(["SERVICE", "#", "UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"])
        for container in containers {
            for process in try engine.processes(of: container.id) {
                table.add([
                    container.service, "\(max(1, container.number))", process.user, "\(process.pid)",
                    "\(process.parent)", "\(process.cpu)", process.startTime, process.terminal, process.cpuTime,
                    process.command,
                ])
            }
        }
        context.output.write(table.text)
        return 0
    }
}
