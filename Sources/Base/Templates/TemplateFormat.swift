internal import Primitives

/// As Go's `fmt.Sprintf`.
func formatted(_ format: String, _ values: [TemplateValue]) -> String {
    var printer = TemplatePrinter(format: Array(format.unicodeScalars), values: values)
    printer.run()
    return printer.text
}

/// How a verb of `printf` is to be printed: `%-08.3f`.
struct PrintfVerb {
    var minus = false, plus = false, sharp = false, space = false, zero = false
    var width: Int?
    var precision: Int?
    var verb: Unicode.Scalar = "v"

    /// Widened to the width with blanks; or with zeros, if it takes them.
    func padded(_ text: String, zeros: Bool = false) -> String {
        let missing = (width ?? 0) - text.unicodeScalars.count
        if missing <= 0 { return text }
        let blanks = String(repeating: zeros && zero && !minus ? "0" : " ", count: missing)
        return minus ? text + blanks : blanks + text
    }
}

private struct TemplatePrinter {
    private let format: [Unicode.Scalar]
    private let values: [TemplateValue]
    private var place = 0
    /// The value that is next.
    private var index = 0
    private var isReordered = false
    private var isGoodIndex = true
    private(set) var text = ""

    /// Widths and precisions beyond are mistakes.
    private static let widest = 1_000_000

    init(format: [Unicode.Scalar], values: [TemplateValue]) {
        self.format = format
        self.values = values
    }

    mutating func run() {
        while place < format.count {
            let scalar = format[place]
            place += 1
            if scalar == "%" { printVerb() } else { text.unicodeScalars.append(scalar) }
        }
        guard !isReordered, index < values.count else { return }
        let extra = values[index...].map { value -> String in
            if case .none = value { return "<nil>" }
            return "\(value.typeName)=\(value.shown)"
        }
        text += "%!(EXTRA \(extra.joined(separator: ", ")))"
    }

    private func peek() -> Unicode.Scalar? { place < format.count ? format[place] : nil }

    private mutating func printVerb() {
        var verb = PrintfVerb()
        isGoodIndex = true
        var afterIndex = false
        readFlags(&verb)
        readIndex(&afterIndex)
        if peek() == "*" {
            place += 1
            verb.width = takeInteger("%!(BADWIDTH)")
            if let width = verb.width, width < 0 {
                verb.width = -width
                verb.minus = true
            }
            afterIndex = false
        } else {
            verb.width = readNumber()
            if afterIndex, verb.width != nil { isGoodIndex = false }
        }
        if peek() == "." {
            place += 1
            if afterIndex { isGoodIndex = false }
            readIndex(&afterIndex)
            if peek() == "*" {
                place += 1
                verb.precision = takeInteger("%!(BADPREC)")
                if let precision = verb.precision, precision < 0 { verb.precision = nil }
                afterIndex = false
            } else {
                verb.precision = readNumber() ?? 0
            }
        }
        if !afterIndex { readIndex(&afterIndex) }
        guard let scalar = peek() else { return text += "%!(NOVERB)" }
        place += 1
        verb.verb = scalar
        switch scalar {
        case "%": text += "%"
        case _ where !isGoodIndex: text += "%!\(scalar)(BADINDEX)"
        case _ where index >= values.count: text += "%!\(scalar)(MISSING)"
        default:
            text += values[index].formatted(verb)
            index += 1
        }
    }

    private mutating func readFlags(_ verb: inout PrintfVerb) {
        while let scalar = peek() {
            switch scalar {
            case "-": verb.minus = true
            case "+": verb.plus = true
            case "#": verb.sharp = true
            case " ": verb.space = true
            case "0": verb.zero = true
            default: return
            }
            place += 1
        }
    }

    /// nil without a number, and for one that is too large.
    private mutating func readNumber() -> Int? {
        var number: Int?
        while let scalar = peek(), ("0"..."9").contains(scalar) {
            number = (number ?? 0) * 10 + Int(scalar.value - 48)
            place += 1
            if let known = number, known > Self.widest {
                place = format.count
                return nil
            }
        }
        return number
    }

    /// `[2]`.
    private mutating func readIndex(_ found: inout Bool) {
        guard peek() == "[" else { return }
        isReordered = true
        guard let end = format[place...].firstIndex(of: "]") else {
            isGoodIndex = false
            place += 1
            return
        }
        let digits = String(String.UnicodeScalarView(format[(place + 1)..<end]))
        place = end + 1
        guard let number = Int(digits: digits), (1...values.count).contains(number) || values.isEmpty && number == 0
        else {
            isGoodIndex = false
            return
        }
        index = number - 1
        found = true
    }

    private mutating func takeInteger(_ complaint: String) -> Int? {
        guard index < values.count, case .integer(let value) = values[index], abs(value) <= Int64(Self.widest) else {
            text += complaint
            if index < values.count { index += 1 }
            return nil
        }
        index += 1
        return Int(value)
    }
}
