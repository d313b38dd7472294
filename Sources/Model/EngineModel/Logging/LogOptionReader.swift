internal import Primitives

/// Reads options as typed values, and remembers what is wrong with them, in the words of Go's parsers.
struct LogOptionReader {
    let options: [String: String]
    private(set) var problems: [LogProblem] = []

    init(_ options: [String: String]) {
        self.options = options
    }

    mutating func wrong(_ option: String?, _ reason: String) {
        problems.append(LogProblem(option, reason))
    }

    /// nil if it is not given or empty.
    func text(_ option: String) -> String? {
        options[option].flatMap { $0.isEmpty ? nil : $0 }
    }

    mutating func boolean(_ option: String, or fallback: Bool = false, words: String? = nil) -> Bool {
        guard let text = text(option) else { return fallback }
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default:
            wrong(option, words ?? "strconv.ParseBool: parsing \"\(text)\": invalid syntax")
            return fallback
        }
    }

    mutating func number(_ option: String, words: String? = nil) -> Int? {
        guard let text = options[option] else { return nil }
        if let number = Int(text) { return number }
        wrong(option, words ?? "strconv.Atoi: parsing \"\(text)\": invalid syntax")
        return nil
    }

    /// - Parameter prefix: of the words for what is not a size.
    mutating func size(_ option: String, _ scale: ByteCount.Scale, prefix: String = "") -> Int? {
        guard let text = options[option] else { return nil }
        do throws(GrammarError) {
            return Int(try ByteCount(parsing: text, scale: scale).bytes)
        } catch {
            let suffix = String(decoding: text.utf8.dropFirst(error.offset), as: UTF8.self)
            wrong(option, prefix + (error.offset > 0 ? "invalid suffix: '\(suffix)'" : "invalid size: '\(text)'"))
            return nil
        }
    }

    /// Nanoseconds.
    mutating func duration(_ option: String) -> Int64? {
        guard let text = text(option) else { return nil }
        do throws(GrammarError) {
            return try Duration(parsing: text, days: false).nanoseconds
        } catch {
            let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            wrong(option, "time: \(isNumber ? "missing unit in" : "invalid") duration \"\(text)\"")
            return nil
        }
    }

    /// Where the receiver is.
    ///
    /// - Parameter read: throws the words for what is wrong.
    mutating func address(_ option: String, _ read: (String) throws(LogProblem) -> LogAddress) -> LogAddress? {
        guard let text = text(option) else { return nil }
        do throws(LogProblem) {
            return try read(text)
        } catch {
            wrong(option, error.reason)
            return nil
        }
    }
}
