/// The progress of builds as a list that is drawn anew while they go on, in BuildKit's format. A value without I/O.
public struct BuildList: Sendable {
    private struct Step {
        var name: String
        var started: Int64
        var ended: Int64?
        var cached = false
        var error: String?
        var items: [BuildStepItem] = []
        var output = BuildOutputLines()
        /// The last lines of output, at most ``BuildList/shownOutput``.
        var lines: [String] = []
    }

    private var order: [Int] = []
    private var steps: [Int: Step] = [:]
    private var warnings: [String] = []
    private var started: Int64?

    /// Lines of a running program that are shown.
    private static let shownOutput = 6

    public init() {}

    /// Takes an event in; `now` in nanoseconds of the monotonic clock.
    public mutating func handle(_ event: BuildStepEvent, now: Int64) {
        if started == nil { started = now }
        switch event {
        case .started(let id, let name):
            if steps[id] == nil { order.append(id) }
            steps[id] = Step(name: name, started: now)
        case .output(let id, _, let bytes):
            let lines = steps[id]?.output.add(bytes) ?? []
            guard !lines.isEmpty, let before = steps[id]?.lines else { return }
            steps[id]?.lines = Array((before + lines).suffix(Self.shownOutput))
        case .progress(let id, let name, let current, let total):
            let item = BuildStepItem(name, current, total, now)
            if let index = steps[id]?.items.firstIndex(where: { $0.name == item.name }) {
                steps[id]?.items[index].update(current, total, now)
            } else {
                steps[id]?.items.append(item)
            }
        case .completed(let id, let cached, let error):
            steps[id]?.ended = now
            steps[id]?.cached = cached
            steps[id]?.error = error
        case .warning(let text): if !warnings.contains(text) { warnings.append(text) }
        }
    }

    /// What is said below the list at the end.
    public var conclusion: String { BuildText.warnings(warnings) }

    /// All lines of the list as it is now.
    ///
    /// - Parameters:
    ///   - width: columns that a line may have.
    ///   - height: lines that there may be; steps that have ended make room first.
    ///   - finished: nothing more will come: running programs' output is left out.
    public func lines(now: Int64, width: Int, height: Int, finished: Bool, colours: Bool) -> [String] {
        let done = steps.values.count { $0.ended != nil }
        var head = "[+] Building \(BuildText.seconds(now - (started ?? now))) (\(done)/\(order.count))"
        if finished && done == order.count { head += " FINISHED" }
        let blocks = order.compactMap { steps[$0] }.map { block($0, now, width, finished, colours) }
        return [finished && colours ? Colour.blue.paint(head) : head]
            + shortened(blocks, height: height - 1, finished: finished).flatMap(\.self)
    }

    /// Leaves out the oldest steps that have ended when there are too many; at the end there is room for all.
    private func shortened(_ blocks: [[String]], height: Int, finished: Bool) -> [[String]] {
        var excess = blocks.reduce(0) { $0 + $1.count } - max(1, height)
        if finished || excess <= 0 { return blocks }
        var kept: [[String]] = []
        for (id, block) in zip(order, blocks) {
            if excess > 0, steps[id]?.ended != nil {
                excess -= block.count
            } else {
                kept.append(block)
            }
        }
        return Array(kept.flatMap(\.self).suffix(max(1, height))).map { [$0] }
    }

    private func block(_ step: Step, _ now: Int64, _ width: Int, _ finished: Bool, _ colours: Bool) -> [String] {
        var mark = ""
        var colour: Colour? = step.ended == nil ? nil : .blue
        switch step.error {
        case BuildStepEvent.cancelled?: (mark, colour) = ("CANCELED ", .yellow)
        case .some: (mark, colour) = ("ERROR ", .red)
        case nil: if step.cached { mark = "CACHED " }
        }
        var lines = [
            Self.fitted(
                " => \(mark)\(Self.shown(step.name))", time: BuildText.seconds((step.ended ?? now) - step.started),
                width: width)
        ]
        for item in step.items {
            let ended = item.done ? item.updated : step.ended ?? now
            lines.append(
                Self.fitted(
                    " => => \(Self.shown(item.name))\(item.bytes)", time: BuildText.seconds(ended - item.started),
                    width: width))
        }
        if step.ended == nil && !finished {
            lines += step.lines.map { Self.fitted(" => => # \(Self.shown($0))", time: "", width: width) }
        }
        guard colours, let colour else { return lines }
        return lines.map(colour.paint)
    }

    /// `text` cut to the width, with the time at the right end.
    private static func fitted(_ text: String, time: String, width: Int) -> String {
        let room = max(10, width - time.count - 1)
        let text = text.count > room ? String(text.prefix(room - 1)) + "…" : text
        if time.isEmpty { return text }
        return text + String(repeating: " ", count: max(1, width - text.count - time.count)) + time
    }

    /// One line without what would move the cursor: escape sequences and control characters go.
    private static func shown(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var escape = false
        for scalar in text.unicodeScalars {
            if escape {
                // An escape sequence ends with a letter.
                if scalar.properties.isAlphabetic { escape = false }
            } else if scalar.value == 0x1b {
                escape = true
            } else if scalar.value == 0x09 || scalar.value == 0x0a {
                result.append(" ")
            } else if scalar.value >= 0x20, scalar.value != 0x7f {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
