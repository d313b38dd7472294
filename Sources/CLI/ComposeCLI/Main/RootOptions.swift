/// The options before the sub-command, as docker compose has them.
struct RootOptions: Sendable, Equatable {
    var files: [String] = []
    var projectName: String?
    var projectDirectory: String?
    var envFiles: [String] = []
    var profiles: [String] = []
    var parallel: Int?
    var progress: String?
    var ansi: String?
    var compatibility = false
    var allResources = false
    var dryRun = false
    var debug = false
    var help = false
    var version = false

    /// What is left for the sub-command, with its name first; empty if none was given.
    var rest: [String] = []

    /// Reads options up to the first word that is none.
    init(_ arguments: [String]) throws(CommandError) {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            guard argument.hasPrefix("-"), argument != "-" else { break }
            index += 1
            if argument == "--" { break }
            if argument.hasPrefix("--") {
                try setLong(argument.dropFirst(2), arguments, &index)
            } else {
                try setShort(argument.dropFirst(), arguments, &index)
            }
        }
        rest = Array(arguments[index...])
    }

    init() {}

    private mutating func setLong(
        _ text: Substring, _ arguments: [String], _ index: inout Int
    ) throws(CommandError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let inline = parts.count > 1 ? String(parts[1]) : nil
        if try setFlag(name, inline) { return }
        guard Self.valued.contains(name) else { throw CommandError(usage: "unknown flag: --\(name)") }
        guard let value = inline ?? Self.next(arguments, &index) else {
            throw CommandError(usage: "flag needs an argument: --\(name)")
        }
        try setValue(name, value)
    }

    private mutating func setShort(
        _ text: Substring, _ arguments: [String], _ index: inout Int
    ) throws(CommandError) {
        var letters = text
        while let letter = letters.popFirst() {
            switch letter {
            case "h": help = true
            case "v": version = true
            case "D": debug = true
            case "f", "p":
                let attached = letters.first == "=" ? letters.dropFirst() : letters
                guard let value = letters.isEmpty ? Self.next(arguments, &index) : String(attached) else {
                    throw CommandError(usage: "flag needs an argument: '\(letter)' in -\(text)")
                }
                try setValue(letter == "f" ? "file" : "project-name", value)
                return
            default: throw CommandError(usage: "unknown shorthand flag: '\(letter)' in -\(text)")
            }
        }
    }

    private static let valued: Set<String> = [
        "file", "project-name", "project-directory", "workdir", "env-file", "profile", "parallel", "progress", "ansi",
    ]

    private static func next(_ arguments: [String], _ index: inout Int) -> String? {
        guard index < arguments.count else { return nil }
        index += 1
        return arguments[index - 1]
    }

    private mutating func setFlag(_ name: String, _ value: String?) throws(CommandError) -> Bool {
        guard
            ["compatibility", "all-resources", "dry-run", "verbose", "debug", "help", "version", "no-ansi"].contains(
                name)
        else { return false }
        guard let on = value.map(Self.boolean) ?? true else {
            throw CommandError(usage: "invalid argument \"\(value ?? "")\" for \"--\(name)\" flag: it is true or false")
        }
        switch name {
        case "compatibility": compatibility = on
        case "all-resources": allResources = on
        case "dry-run": dryRun = on
        case "verbose", "debug": debug = on
        case "help": help = on
        case "version": version = on
        default: if on { ansi = "never" }
        }
        return true
    }

    private mutating func setValue(_ name: String, _ value: String) throws(CommandError) {
        switch name {
        case "file": files.append(value)
        case "project-name": projectName = value
        case "project-directory", "workdir": projectDirectory = value
        case "env-file": envFiles += value.split(separator: ",").map(String.init)
        case "profile": profiles.append(value)
        case "progress": progress = value
        case "ansi": ansi = value
        default:
            guard let number = Int(value) else {
                throw CommandError(usage: "invalid argument \"\(value)\" for \"--parallel\" flag: it is a number")
            }
            parallel = number
        }
    }

    /// As Go's strconv.ParseBool.
    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}
