internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// A block of lines that is drawn anew while things change: the title with done/total, one line for each thing.
public final class TerminalProgress: ProgressDisplay {
    private struct Row {
        var item: ProgressItem
        var started: Int64
        var ended: Int64?
    }

    private struct State {
        var order: [String] = []
        var rows: [String: Row] = [:]
        var drawnLines = 0
        var frame = 0
        var finished = false
        var started = false
    }

    private let output: OutputWriter
    private let title: String
    private let colours: Bool
    private let dryRun: Bool
    private let state = Mutex(State())
    /// Ends the thread that draws.
    private let ended = Semaphore()
    /// Between two drawings, in nanoseconds.
    private static let interval: Int64 = 100_000_000
    private static let spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

    /// - Parameter title: `Running`, `Stopping` …
    public init(_ output: OutputWriter, title: String, colours: Bool, dryRun: Bool) {
        self.output = output
        self.title = title
        self.colours = colours
        self.dryRun = dryRun
    }

    /// Shows the item's new state; any thread may call it.
    public func report(_ item: ProgressItem) {
        let begin = state.withLock { state in
            let now = monotonicNanoseconds()
            // Several images may share a layer.
            let key = item.parent.map { "\($0) \(item.id)" } ?? item.id
            if state.rows[key] == nil {
                state.order.append(key)
                state.rows[key] = Row(item: item, started: now)
            }
            state.rows[key]?.item = item
            state.rows[key]?.ended = item.phase == .working ? nil : now
            if state.started || state.finished { return false }
            state.started = true
            return true
        }
        if begin {
            output.write("\u{1b}[?25l")
            try? startThread(name: "progress") { [self] in redraw() }
        }
    }

    /// Draws everything for the last time and leaves the cursor below it.
    public func finish() {
        state.withLock { state in
            guard !state.finished else { return }
            state.finished = true
            ended.signal()
            guard state.started else { return }
            draw(&state)
            output.write("\u{1b}[?25h")
            output.flush()
        }
    }

    private func redraw() {
        while true {
            let isFinished = state.withLock { state in
                if state.finished { return true }
                draw(&state)
                return false
            }
            if isFinished { return }
            if ended.wait(until: monotonicNanoseconds() + Self.interval) { return }
        }
    }

    // Called with the lock held: drawings must not mix.
    private func draw(_ state: inout State) {
        var rows: UInt16 = 0
        var columns: UInt16 = 0
        if clinux_get_window_size(output.descriptor, &rows, &columns) != 0 || columns < 20 {
            (rows, columns) = (24, 80)
        }
        state.frame += 1
        var text = state.drawnLines > 0 ? "\u{1b}[\(state.drawnLines)A" : ""
        let whole = state.rows.values.filter { $0.item.parent == nil }
        let done = whole.count { $0.ended != nil }
        let complete = done == whole.count
        let head = "[+] \(title) \(done)/\(whole.count)"
        text += "\r\u{1b}[2K"
        text += (complete && colours ? Colour.blue.paint(head) : head) + "\n"
        let shown = visible(state, limit: max(1, Int(rows) - 2))
        for id in shown {
            guard let row = state.rows[id] else { continue }
            let parts = row.item.parent == nil ? bar(of: id, state) : ""
            text += "\r\u{1b}[2K" + line(row, parts, frame: state.frame, width: Int(columns)) + "\n"
        }
        text += "\u{1b}[J"
        state.drawnLines = shown.count + 1
        output.write(text)
        output.flush()
    }

    /// All rows, parts below what they belong to; without parts when there is no room for all, and then those still
    /// working. Of what is complete no parts are shown.
    private func visible(_ state: State, limit: Int) -> [String] {
        let whole = state.order.filter { state.rows[$0]?.item.parent == nil }
        let all = whole.flatMap { id in
            state.rows[id]?.ended != nil ? [id] : [id] + state.order.filter { state.rows[$0]?.item.parent == id }
        }
        if all.count <= limit { return all }
        if whole.count <= limit { return whole }
        let open = whole.filter { state.rows[$0]?.ended == nil }
        let closed = whole.filter { state.rows[$0]?.ended != nil }
        return Array((closed.suffix(max(0, limit - open.count)) + open).prefix(limit))
    }

    private static let levels = ["⠀", "⡀", "⣀", "⣄", "⣤", "⣦", "⣶", "⣷", "⣿"]

    /// `[⣿⣤⠀] 1.05MB / 3.2MB`: a column for each part. Empty once there is nothing to wait for.
    private func bar(of id: String, _ state: State) -> String {
        if state.rows[id]?.ended != nil { return "" }
        let parts = state.order.compactMap { state.rows[$0] }.filter { $0.item.parent == id }
        if parts.isEmpty { return "" }
        var (current, total): (Int64, Int64) = (0, 0)
        var columns = ""
        for part in parts {
            let amount = part.item.amount ?? .init(current: 0, total: 0)
            current += amount.current
            total += amount.total
            let level = amount.total > 0 ? Int(min(8, amount.current * 8 / amount.total)) : 0
            columns += Self.levels[part.ended != nil ? 8 : level]
        }
        let sizes = total > 0 ? " \(HumanText.size(current)) / \(HumanText.size(total))" : ""
        return "[\(columns)]\(sizes) "
    }

    private func line(_ row: Row, _ bar: String, frame: Int, width: Int) -> String {
        let elapsed = ((row.ended ?? monotonicNanoseconds()) - row.started) / 100_000_000
        let time = "\(elapsed / 10).\(elapsed % 10)s"
        let (mark, colour): (String, Colour) =
            switch row.item.phase {
            case .working: (Self.spinner[frame % Self.spinner.count], .yellow)
            case .done: ("✔", .green)
            case .warning: ("!", .yellow)
            case .error: ("✘", .red)
            }
        let detail = row.item.detail.isEmpty ? "" : " \(row.item.detail)"
        let indent = row.item.parent == nil ? "" : "  "
        let room = max(10, width - 6 - time.count - indent.count - (dryRun ? dryRunMark.count : 0))
        var middle = "\(row.item.id)\(row.item.separator)\(bar)\(row.item.status)\(detail)"
        if middle.count > room { middle = String(middle.prefix(room - 1)) + "…" }
        let padding = String(repeating: " ", count: max(1, room - middle.count + 1))
        var painted = colours ? colour.paint(mark) : mark
        if dryRun { painted += colours ? Colour.cyan.paint(dryRunMark) : dryRunMark }
        return " \(indent)\(painted) \(middle)\(padding)\(colours ? Colour.blue.paint(time) : time)"
    }
}
