internal import ArgumentParser
internal import ContainerModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

struct TopCommand: ComposeCommand {
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        let containers = try context.containers(of: services, oneOffs: true).found.filter(\.isRunning)
        if containers.isEmpty { return 0 }
        var table = Table(
            ["SERVICE", "#", "UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"], minimumWidth: 4, padding: 2)
        for container in containers {
            for process in try engine.processes(of: container.id) {
                table.add([
                    container.service, "\(max(1, container.number))", process.user, "\(process.pid)",
                    "\(process.parent)", "\(process.processorPercent)", process.startText(now: .now()),
                    process.terminal, process.processorText, process.command,
                ])
            }
        }
        context.output.write(table.text)
        return 0
    }
}

extension ContainerProcess {
    /// Processor time: `HH:MM:SS`.
    var processorText: String {
        let seconds = Int(processorSeconds)
        return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { "\($0)".leftPadded(to: 2) }.joined(
            separator: ":")
    }

    /// As ps(1) shows it: `HH:MM` on the first day, then `Jan02`, in local time.
    func startText(now: Instant) -> String {
        var start = tm()
        var time = time_t(startSeconds)
        localtime_r(&time, &start)
        if now.seconds - startSeconds < 86_400 {
            return "\(start.tm_hour)".leftPadded(to: 2) + ":" + "\(start.tm_min)".leftPadded(to: 2)
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return months[Int(start.tm_mon)] + "\(start.tm_mday)".leftPadded(to: 2)
    }
}
