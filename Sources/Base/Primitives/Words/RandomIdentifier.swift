/// Names that nobody else has.
public enum RandomIdentifier {
    /// Lower-case hexadecimal digits from the system's random generator: 64 of them, as container and network ids have.
    public static func make(digits count: Int = 64) -> String {
        var generator = SystemRandomNumberGenerator()
        var text = ""
        while text.utf8.count < count { text += String(generator.next(), radix: 16).leftPadded(to: 16) }
        return String(text.prefix(count))
    }
}
