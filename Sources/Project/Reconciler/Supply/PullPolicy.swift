/// `pull_policy`, and what `--pull` sets for all services.
public enum PullPolicy: Sendable, Hashable {
    case always, never, missing, build
    /// Pulled when the last pull is longer ago than so many seconds (`daily`, `weekly`, `every_12h`).
    case every(seconds: Int64)

    /// nil for a word that is none; `refresh` and no word at all are ``missing``.
    public init?(_ text: String?) {
        switch text {
        case nil, "", "missing", "if_not_present", "refresh": self = .missing
        case "always": self = .always
        case "never": self = .never
        case "build": self = .build
        case "daily": self = .every(seconds: 86_400)
        case "weekly": self = .every(seconds: 7 * 86_400)
        case let text?:
            guard text.hasPrefix("every_"), let seconds = Self.seconds(text.dropFirst(6)) else { return nil }
            self = .every(seconds: seconds)
        }
    }

    /// `1w2d3h4m5s`.
    private static func seconds(_ text: Substring) -> Int64? {
        let units: [Character: Int64] = ["w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1]
        var total: Int64 = 0
        var rest = text
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let number = Int64(digits), let unit = rest.popFirst().flatMap({ units[$0] }) else { return nil }
            let (part, tooLarge) = number.multipliedReportingOverflow(by: unit)
            let (sum, overflow) = total.addingReportingOverflow(part)
            if tooLarge || overflow { return nil }
            total = sum
        }
        return text.isEmpty ? nil : total
    }
}
