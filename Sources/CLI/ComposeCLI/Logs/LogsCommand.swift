internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

struct LogsCommand: ComposeCommand {
    @Flag(name: .shortAndLong, help: "Follow log output")
    var follow = false
    @Option(help: .value("int", "Index of the container if service has multiple replicas"))
    var index = 0
    @Flag(help: "Produce monochrome output")
    var noColor = false
    @Flag(help: "Don't print prefix in logs")
    var noLogPrefix = false
    @Option(help: "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)")
    var since: String?
    @Option(
        name: [.customShort("n"), .customLong("tail")],
        help: "Number of lines to show from the end of the logs for each container")
    var tail = "all"
    @Flag(name: .shortAndLong, help: "Show timestamps")
    var timestamps = false
    @Option(help: "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)")
    var until: String?
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        var options = LogOptions()
        options.since = try since.map(TimeText.instant)
        options.until = try until.map(TimeText.instant)
        if tail != "all", let lines = Int(tail), lines >= 0 { options.tail = lines }
        if follow {
            let output = context.output
            _ = try SignalWatcher([SIGINT, SIGTERM]) { _ in
                output.flush()
                _exit(130)
            }
        }
        let (project, found) = try context.containers(of: services, oneOffs: true)
        let chosen = found.filter { index == 0 || $0.number == index }
        for container in chosen where !Self.isReadable(container) {
            context.warn(
                "Can't retrieve logs for \"\(container.name)\": configured logging driver does not support reading")
        }
        let containers = chosen.filter(Self.isReadable)
        if index != 0 && chosen.isEmpty {
            throw CommandError("service \"\(services.first ?? "")\" is not running container #\(index)")
        }
        let printer = LogPrinter(
            context.output, colours: !noColor && context.colours(on: context.output), prefixes: !noLogPrefix)
        for container in containers { printer.register(LogSession.label(container), service: container.service) }
        let done = Semaphore()
        let session = LogSession(
            engine: try context.engine(), printer: printer, output: context.output, options: options,
            timestamps: timestamps, changed: { done.signal() })
        if !follow {
            for container in containers where !context.output.failed { try session.print(container) }
            return 0
        }
        context.output.whenClosed {
            session.cancellation.cancel()
            done.signal()
        }
        let wanted = Set(services)
        let replica = index
        try session.followStarts(project: project, since: .now()) { container in
            (wanted.isEmpty || wanted.contains(container.service)) && (replica == 0 || container.number == replica)
                && Self.isReadable(container)
        }
        for container in containers {
            if container.isRunning { session.follow(container) } else { try session.print(container) }
        }
        context.output.flush()
        while session.activeCount > 0 && !context.output.failed { done.wait() }
        session.cancellation.cancel()
        return 0
    }

    private static func isReadable(_ container: Container) -> Bool {
        LogSettings(container.configuration.logging).isReadable
    }
}
