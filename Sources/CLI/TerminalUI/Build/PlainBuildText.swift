/// The progress of builds as lines of text, in BuildKit's format: `#5 [2/5] RUN make`, `#5 0.123 output`,
/// `#5 DONE 0.4s`.
///
/// One step at a time has the word; what others do meanwhile is kept until they end or the one falls silent. A value
/// without I/O: events and times go in, text comes out. Times are nanoseconds of any clock that only goes forward.
public struct PlainBuildText: Sendable {
    private struct Step {
        var name: String
        var started: Int64
        /// From 1, in the order of the first line.
        var number = 0
        var lines: [String] = []
        var output = BuildOutputLines()
        var items: [BuildStepItem] = []
        /// When each item was last printed, and how far it was.
        var printed: [Int: (at: Int64, current: Int64)] = [:]
        /// Since when something waits to be printed.
        var waitingSince: Int64?
    }

    private var steps: [Int: Step] = [:]
    private var current: Int?
    private var currentUpdated: Int64 = 0
    private var count = 0
    private var warnings: [String] = []
    private var text = ""

    /// How long the step that has the word may be silent while others wait, and how long others wait at most.
    private static let silence: Int64 = 5_000_000_000
    private static let patience: Int64 = 10_000_000_000
    /// What ends sooner is told only once, when it has ended.
    private static let moment: Int64 = 150_000_000

    public init() {}

    /// Returns what is to be printed now.
    public mutating func handle(_ event: BuildStepEvent, now: Int64) -> String {
        switch event {
        case .started(let id, let name):
            steps[id] = Step(name: name, started: now, waitingSince: now)
            if current == nil { show(id, now) }
        case .output(let id, _, let bytes):
            guard let started = steps[id]?.started else { break }
            for line in steps[id]?.output.add(bytes) ?? [] {
                steps[id]?.lines.append("\(BuildText.stamp(now - started)) \(line)")
            }
            news(of: id, now)
        case .progress(let id, let item, let done, let total):
            report(id, BuildStepItem(item, done, total, now), now)
            news(of: id, now)
        case .completed(let id, let cached, let error):
            complete(id, cached, error, now)
        case .warning(let warning):
            if !warnings.contains(warning) { warnings.append(warning) }
        }
        return take()
    }

    /// Lets a step that waits have the word if its time has come; to be called now and then.
    public mutating func tick(now: Int64) -> String {
        if let current {
            for index in steps[current]?.items.indices ?? 0..<0 where steps[current]?.items[index].done == false {
                printItem(current, index, now)
            }
            if steps[current]?.lines.isEmpty == false { show(current, now) }
        }
        let waiting = steps.filter { $0.key != current && $0.value.waitingSince != nil }
        guard
            let next = waiting.min(by: { ($0.value.waitingSince ?? 0, $0.key) < ($1.value.waitingSince ?? 0, $1.key) })
        else { return take() }
        let waited = now - (next.value.waitingSince ?? now)
        if current == nil || now - currentUpdated > Self.silence || waited > Self.patience { show(next.key, now) }
        return take()
    }

    /// What is said at the end.
    public mutating func finish() -> String {
        defer { warnings = [] }
        return BuildText.warnings(warnings)
    }

    private mutating func take() -> String {
        defer { text = "" }
        return text
    }

    private mutating func news(of id: Int, _ now: Int64) {
        if current == nil || current == id {
            show(id, now)
        } else if steps[id]?.waitingSince == nil {
            steps[id]?.waitingSince = now
        }
    }

    private mutating func report(_ id: Int, _ item: BuildStepItem, _ now: Int64) {
        guard let index = steps[id]?.items.firstIndex(where: { $0.name == item.name }) else {
            steps[id]?.items.append(item)
            if let index = steps[id]?.items.indices.last { printItem(id, index, now) }
            return
        }
        if steps[id]?.items[index].done == true { return }
        steps[id]?.items[index].update(item.current, item.total, now)
        printItem(id, index, now)
    }

    /// Adds a line about an item unless it is not much further than the last one said.
    private mutating func printItem(_ id: Int, _ index: Int, _ now: Int64, ended: Bool = false) {
        guard let item = steps[id]?.items[index] else { return }
        let done = item.done || ended
        if !done {
            guard let last = steps[id]?.printed[index] else {
                if now - item.started >= Self.moment { addLine(id, index, item, now, done: false) }
                return
            }
            let isFurther = item.total > 0 && (item.current - last.current) * 20 >= item.total
            if !isFurther && now - last.at < Self.silence { return }
        }
        addLine(id, index, item, now, done: done)
    }

    private mutating func addLine(_ id: Int, _ index: Int, _ item: BuildStepItem, _ now: Int64, done: Bool) {
        steps[id]?.printed[index] = (now, item.current)
        let elapsed = (done ? item.updated : now) - item.started
        let time = elapsed > 10_000_000 ? " \(BuildText.seconds(elapsed))" : ""
        steps[id]?.lines.append(item.name + item.bytes + time + (done ? " done" : ""))
    }

    private mutating func complete(_ id: Int, _ cached: Bool, _ error: String?, _ now: Int64) {
        guard let step = steps[id] else { return }
        for index in step.items.indices where !step.items[index].done {
            steps[id]?.items[index].updated = now
            printItem(id, index, now, ended: true)
        }
        if let line = steps[id]?.output.finish() {
            steps[id]?.lines.append("\(BuildText.stamp(now - step.started)) \(line)")
        }
        show(id, now)
        let number = steps[id]?.number ?? 0
        switch error {
        case BuildStepEvent.cancelled?: text += "#\(number) CANCELED\n"
        case let error?: text += "#\(number) ERROR: \(error)\n"
        case nil: text += "#\(number) " + (cached ? "CACHED\n" : "DONE \(BuildText.seconds(now - step.started))\n")
        }
        steps[id] = nil
        current = nil
    }

    /// Gives a step the word and prints what it has to say.
    private mutating func show(_ id: Int, _ now: Int64) {
        guard var step = steps[id] else { return }
        if current != id {
            interrupt()
            separate()
            if step.number == 0 {
                count += 1
                step.number = count
            }
            text += "#\(step.number) \(step.name)\n"
            current = id
        }
        for line in step.lines { text += "#\(step.number) \(line)\n" }
        step.lines = []
        step.waitingSince = nil
        steps[id] = step
        currentUpdated = now
    }

    private mutating func interrupt() {
        if let current, let number = steps[current]?.number { text += "#\(number) ...\n" }
        current = nil
    }

    private var spoke = false

    /// An empty line between what two steps say.
    private mutating func separate() {
        if spoke { text += "\n" }
        spoke = true
    }
}
