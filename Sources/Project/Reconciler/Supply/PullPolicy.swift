internal import Primitives

/// `pull_policy`, and what `--pull` sets for all services.
public enum PullPolicy: Sendable, Hashable {
    case always, never, missing, build
    /// Pulled when the last pull is longer ago than this (`daily`, `weekly`, `every_12h`).
    case every(Duration)

    /// nil for a word that is none; `refresh` and no word at all are ``missing``.
    public init?(_ text: String?) {
        switch text {
        case nil, "", "missing", "if_not_present", "refresh": self = .missing
        case "always": self = .always
        case "never": self = .never
        case "build": self = .build
        case "daily": self = .every(.seconds(86_400))
        case "weekly": self = .every(.seconds(7 * 86_400))
        case let text?:
            guard text.hasPrefix("every_"), let interval = Self.interval(text.dropFirst(6)) else { return nil }
            self = .every(interval)
        }
    }

    /// `1w2d3h4m5s`: whole numbers, and no units below a second (the Compose Specification's `pull_policy`).
    private static func interval(_ text: Substring) -> Duration? {
        guard text.allSatisfy({ "0123456789wdhms".contains($0) }), text.last?.isLetter == true else { return nil }
        guard let value = try? Duration(parsing: text), value.nanoseconds % 1_000_000_000 == 0 else { return nil }
        return value
    }
}
