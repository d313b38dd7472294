internal import Primitives

/// What happens in one or several builds, as it is shown. Steps are known by a number; several may be under way at
/// once.
public enum BuildStepEvent: Sendable, Hashable {
    /// `name`: `[web stage-1 2/5] RUN make`.
    case started(step: Int, name: String)
    /// What a step's program wrote.
    case output(step: Int, isError: Bool, bytes: [UInt8])
    /// How far a part of a step is, in bytes; `total` is 0 where it is not known.
    case progress(step: Int, item: String, current: Int64, total: Int64)
    /// `error`: what went wrong; ``cancelled`` when the step was ended because of something else.
    case completed(step: Int, cached: Bool, error: String?)
    case warning(String)

    /// The error of steps that ended because another one failed, in BuildKit's word.
    public static let cancelled = "CANCELED"
}

/// A part of a step, such as one layer of a download.
struct BuildStepItem {
    var name: String
    var current: Int64
    var total: Int64
    var started: Int64
    var updated: Int64
    var done = false

    init(_ name: String, _ current: Int64, _ total: Int64, _ now: Int64) {
        // Transfers are followed by a size.
        self.name = name.hasPrefix("transferring ") && !name.hasSuffix(":") ? name + ":" : name
        self.current = current
        self.total = total
        started = now
        updated = now
        done = total > 0 && current >= total
    }

    mutating func update(_ current: Int64, _ total: Int64, _ now: Int64) {
        self.current = current
        self.total = total
        updated = now
        done = total > 0 && current >= total
    }

    /// ` 1.05MB / 2.22MB`, or empty.
    var bytes: String {
        if total != 0 { return " \(BuildText.size(current)) / \(BuildText.size(total))" }
        return current != 0 ? " \(BuildText.size(current))" : ""
    }
}

/// Numbers as BuildKit words them.
enum BuildText {
    /// `97B`, `1.05MB`: powers of 1000, two digits.
    static func size(_ bytes: Int64) -> String {
        if bytes < 1000 { return "\(bytes)B" }
        var value = bytes
        for unit in ["kB", "MB", "GB"] {
            if value < 1_000_000 || unit == "GB" {
                return "\(value / 1000)." + digits(value % 1000 / 10, 2) + unit
            }
            value /= 1000
        }
        return "\(bytes)B"
    }

    /// `1.2s`.
    static func seconds(_ nanoseconds: Int64) -> String {
        let tenths = (max(0, nanoseconds) + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(tenths % 10)s"
    }

    /// Seconds with four digits, before a line of output: `0.123`, `12.34`, `123.4`.
    static func stamp(_ nanoseconds: Int64) -> String {
        let milliseconds = max(0, nanoseconds) / 1_000_000
        let (whole, rest) = (milliseconds / 1000, milliseconds % 1000)
        if whole < 10 { return "\(whole)." + digits(rest, 3) }
        return whole < 100 ? "\(whole)." + digits(rest / 10, 2) : "\(whole).\(rest / 100)"
    }

    /// What checks found, after an empty line; empty if they found nothing.
    static func warnings(_ texts: [String]) -> String {
        if texts.isEmpty { return "" }
        let head = texts.count == 1 ? "1 warning found:" : "\(texts.count) warnings found:"
        return "\n \(head)\n" + texts.map { " - \($0)\n" }.joined()
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        String(number).leftPadded(to: count)
    }
}

/// Cuts a program's output into lines. What a carriage return has overwritten is left out.
struct BuildOutputLines {
    private var rest: [UInt8] = []
    /// Longer lines are cut into several.
    private static let limit = 1 << 16

    /// The lines that `bytes` complete.
    mutating func add(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == 0x0a || rest.count >= Self.limit {
                lines.append(Self.text(rest))
                rest.removeAll(keepingCapacity: true)
                if byte == 0x0a { continue }
            }
            rest.append(byte)
        }
        return lines
    }

    /// The last line if it has no end.
    mutating func finish() -> String? {
        defer { rest = [] }
        return rest.isEmpty ? nil : Self.text(rest)
    }

    private static func text(_ line: [UInt8]) -> String {
        var line = line[...]
        while line.last == 0x0d { line.removeLast() }
        if let carriageReturn = line.lastIndex(of: 0x0d) { line = line[(carriageReturn + 1)...] }
        return String(decoding: line, as: UTF8.self)
    }
}
