internal import EngineModel

/// `--chmod`: a number, or changes as chmod(1) takes them (`u=rwX,go-w`).
struct ModeChange: Sendable {
    private enum Form {
        case number(UInt32)
        case changes([Change])
    }

    private struct Change {
        var who: UInt32
        var operation: Character
        var permissions: Substring
    }

    private let form: Form

    init(_ text: String) throws(EngineError) {
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            guard let number = UInt32(text, radix: 8), number <= 0o7777 else {
                throw Self.invalid(text, "a number is octal, from 0 to 7777")
            }
            form = .number(number)
            return
        }
        var changes: [Change] = []
        for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
            changes += try Self.changes(clause, of: text)
        }
        form = .changes(changes)
    }

    /// The mode that a file with `mode` gets; permission bits with set-id and sticky.
    func applied(to mode: UInt32, isDirectory: Bool) -> UInt32 {
        switch form {
        case .number(let number): return number
        case .changes(let changes):
            var mode = mode
            for change in changes { Self.apply(change, to: &mode, isDirectory) }
            return mode
        }
    }

    private static func changes(_ clause: Substring, of text: String) throws(EngineError) -> [Change] {
        let people = clause.prefix { "ugoa".contains($0) }
        var rest = clause.dropFirst(people.count)
        var who: UInt32 = 0
        for person in people {
            switch person {
            case "u": who |= 0o4700
            case "g": who |= 0o2070
            case "o": who |= 0o1007
            default: who = 0o7777
            }
        }
        if people.isEmpty { who = 0o7777 }
        var changes: [Change] = []
        while let operation = rest.first, "+-=".contains(operation) {
            rest = rest.dropFirst()
            let permissions = rest.prefix { "rwxXstugo".contains($0) }
            rest = rest.dropFirst(permissions.count)
            changes.append(Change(who: who, operation: operation, permissions: permissions))
        }
        guard !changes.isEmpty, rest.isEmpty else {
            throw invalid(text, "it has to be octal digits or like \"u=rwX,go-w\"")
        }
        return changes
    }

    private static func apply(_ change: Change, to mode: inout UInt32, _ isDirectory: Bool) {
        var bits: UInt32 = 0
        for permission in change.permissions {
            switch permission {
            case "r": bits |= 0o444
            case "w": bits |= 0o222
            case "x": bits |= 0o111
            case "X": if isDirectory || mode & 0o111 != 0 { bits |= 0o111 }
            case "s": bits |= 0o6000
            case "t": bits |= 0o1000
            case "u": bits |= (mode >> 6 & 7) * 0o111
            case "g": bits |= (mode >> 3 & 7) * 0o111
            default: bits |= (mode & 7) * 0o111
            }
        }
        // The set-id bits belong to user and group, the sticky bit to all.
        bits &= change.who | (change.permissions.contains("t") ? 0o1000 : 0)
        switch change.operation {
        case "+": mode |= bits
        case "-": mode &= ~bits
        default: mode = mode & ~(change.who & 0o777) & ~(isDirectory ? 0 : change.who & 0o6000) | bits
        }
    }

    private static func invalid(_ text: String, _ reason: String) -> EngineError {
        EngineError(.invalid, "--chmod=\(text)", reason)
    }
}
