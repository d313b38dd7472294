/// Colours of a terminal (ECMA-48, SGR).
public enum Colour: String, Sendable, CaseIterable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"
    case brightGreen = "92"
    case brightYellow = "93"
    case brightBlue = "94"
    case brightMagenta = "95"
    case brightCyan = "96"

    /// Those of log prefixes in the order they are given out; red is kept for errors.
    public static let ofServices: [Colour] = [
        .cyan, .yellow, .green, .magenta, .blue, .brightCyan, .brightYellow, .brightGreen, .brightMagenta, .brightBlue,
    ]

    /// The text between the escape sequences of this colour.
    public func paint(_ text: String) -> String { "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" }
}

/// When escape sequences are written: `--ansi`.
public enum AnsiMode: String, Sendable {
    case never, always, auto

    /// Whether a stream gets colours. `noColour`: the variable NO_COLOR is set and not empty.
    public func colours(terminal: Bool, noColour: Bool) -> Bool {
        switch self {
        case .never: false
        case .always: true
        case .auto: terminal && !noColour
        }
    }
}
