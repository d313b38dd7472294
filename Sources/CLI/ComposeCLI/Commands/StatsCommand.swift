internal import ArgumentParser
internal import ContainerModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Reconciler
internal import TerminalUI

struct StatsCommand: ComposeCommand {
    @Flag(name: .shortAndLong, help: "Show all containers (default shows just running)")
    var all = false
    @Option(help: "Format output: table, json, or a template such as '{{.Name}}'")
    var format = "table"
    @Flag(help: "Disable streaming stats and only pull the first result")
    var noStream = false
    @Flag(help: "Do not truncate output")
    var noTrunc = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    private static let layout = RecordLayout(
        type: "statsContext",
        columns: [
            ("CONTAINER ID", "ID"), ("NAME", "Name"), ("CPU %", "CPUPerc"), ("MEM USAGE / LIMIT", "MemUsage"),
            ("MEM %", "MemPerc"), ("NET I/O", "NetIO"), ("BLOCK I/O", "BlockIO"), ("PIDS", "PIDs"),
        ], headings: [("CONTAINER", "Container")])

    /// Processor use is what was used between two looks this far apart.
    private static let interval: Int64 = 1_000_000_000

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        var last = try sample(context, engine)
        while true {
            pause(until: monotonicNanoseconds() + Self.interval)
            let now = try sample(context, engine)
            if !noStream && context.output.isTerminal { context.output.write("\u{1b}[H\u{1b}[2J") }
            let records = now.map { $0.record(since: last, full: noTrunc) }
            try context.printRecords(records, Self.layout, format)
            context.output.flush()
            if noStream || context.output.failed { return 0 }
            last = now
        }
    }

    private func sample(_ context: CommandContext, _ engine: any Engine) throws -> [UsageSample] {
        try context.containers(of: services, oneOffs: true).found.filter { all || $0.isRunning }.map { container in
            // One that ended since it was listed used nothing.
            let statistics = try? engine.statistics(of: container.id)
            return UsageSample(
                container: container, statistics: statistics ?? Statistics(), time: monotonicNanoseconds())
        }
    }

}

/// What a container had used at one time.
private struct UsageSample {
    var container: Container
    var statistics: Statistics
    /// Monotonic nanoseconds.
    var time: Int64

    func record(since earlier: [UsageSample], full: Bool) -> Record {
        let memory = HumanText.binarySize(statistics.memoryBytes)
        let limit = HumanText.binarySize(statistics.memoryLimit)
        let share = statistics.memoryLimit == 0 ? 0 : Double(statistics.memoryBytes) / Double(statistics.memoryLimit)
        return Record([
            ("BlockIO", pair(statistics.blockRead, statistics.blockWritten)), ("CPUPerc", percent(use(since: earlier))),
            ("Container", container.id), ("ID", full ? container.id : String(container.id.prefix(12))),
            ("MemPerc", percent(share)), ("MemUsage", "\(memory) / \(limit)"),
            ("Name", container.name), ("NetIO", pair(statistics.networkReceived, statistics.networkSent)),
            ("PIDs", "\(statistics.processes)"),
        ])
    }

    /// Processors used, 1 for one of them all the time.
    private func use(since earlier: [UsageSample]) -> Double {
        guard let before = earlier.first(where: { $0.container.id == container.id }), time > before.time,
            statistics.cpuNanoseconds >= before.statistics.cpuNanoseconds
        else { return 0 }
        return Double(statistics.cpuNanoseconds - before.statistics.cpuNanoseconds) / Double(time - before.time)
    }

    private func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }

    private func pair(_ left: UInt64, _ right: UInt64) -> String {
        let sizes = [left, right].map { HumanText.size(Int64(clamping: $0), digits: 3) }
        return sizes.joined(separator: " / ")
    }
}
