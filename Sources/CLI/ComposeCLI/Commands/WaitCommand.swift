internal import ArgumentParser
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import Synchronization
internal import TerminalUI

struct WaitCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.some
    static let usage: [String]? = ["SERVICE [SERVICE...]"]

    @Flag(help: "Drops project when the first container stops")
    var downProject = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    /// docker's code for a wait that went wrong itself.
    private static let failed: Int32 = 42

    func execute(_ context: CommandContext) throws -> Int32 {
        let (project, found) = try context.containers(of: services, oneOffs: true)
        let running = found.filter(\.isRunning)
        if running.isEmpty { throw CommandError("no containers for project \"\(project)\"") }
        let code = try wait(for: running, context)
        if downProject {
            var options = DownOptions()
            options.removeOrphans = true
            try context.takeDown([], options)
        }
        return code
    }

    /// Returns the exit code of the last one to stop; with `--down-project` of the first one, without waiting on.
    private func wait(for containers: [Container], _ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        let ends = Ends()
        for container in containers {
            try startThread(name: "wait") {
                let code = try? engine.waitForExit(container.id, cancellation: ends.cancellation)
                ends.add(container.id, code.flatMap { $0 })
            }
        }
        var last: Int32 = 0
        for _ in containers {
            let (id, code) = ends.next()
            guard let code else { return Self.failed }
            context.output.line("container \"\(id)\" exited with status code \(code)")
            context.output.flush()
            last = code
            if downProject { break }
        }
        ends.cancellation.cancel()
        return last
    }
}

/// Containers that ended, in the order of their ends.
private final class Ends: Sendable {
    let cancellation = Cancellation()
    private let queue = Mutex<[(id: String, code: Int32?)]>([])
    private let available = Semaphore()

    func add(_ id: String, _ code: Int32?) {
        queue.withLock { $0.append((id, code)) }
        available.signal()
    }

    /// Blocks until there is one.
    func next() -> (id: String, code: Int32?) {
        while true {
            available.wait()
            if let first = queue.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return first }
        }
    }
}
