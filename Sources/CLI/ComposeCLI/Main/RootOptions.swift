internal import TerminalUI

/// The options before the command, as docker compose has them.
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
    /// What docker's standalone program takes to find an engine, by option.
    var connection: [String: String] = [:]
    /// As typed: debug, info, warn, error, fatal.
    var logLevel: String?
    var help = false
    var version = false

    /// What is left for the command, with its name first; empty if none was given.
    var rest: [String] = []

    init() {}

    /// Reads options up to the first word that is none.
    init(_ arguments: [String]) throws {
        // Most command lines have none.
        guard arguments.first?.hasPrefix("-") == true else {
            rest = arguments
            return
        }
        let line = try CommandLineWords(arguments, Self.syntax, endsAtArgument: true)
        files = line.values(of: "file")
        projectName = line.values(of: "project-name").last
        projectDirectory = line.values(of: "project-directory").last
        envFiles = line.values(of: "env-file").flatMap { $0.split(separator: ",").map(String.init) }
        profiles = line.values(of: "profile")
        parallel = line.values(of: "parallel").last.flatMap { Int($0) }
        progress = line.values(of: "progress").last
        ansi = line.isOn("no-ansi") ? "never" : line.values(of: "ansi").last
        compatibility = line.isOn("compatibility")
        allResources = line.isOn("all-resources")
        dryRun = line.dryRun
        logLevel = line.values(of: "log-level").last
        debug = line.isOn("debug") || logLevel == "debug"
        for name in ["host", "context", "tlscacert", "tlscert", "tlskey"] {
            if let value = line.values(of: name).last { connection[name] = value }
        }
        for name in ["tls", "tlsverify"] where line.isOn(name) { connection[name] = "true" }
        help = line.wantsHelp
        version = line.isOn("version")
        rest = line.arguments
    }

    /// What can be given, for the reader and for help. Not declared as commands declare theirs: a third of the time of a
    /// small command would go into asking ArgumentParser twice.
    static let syntax = CommandSyntax(options: [
        .flag("all-resources", help: "Include all resources, even those not used by services"),
        .value(
            "ansi",
            help: "Control when to print ANSI control characters (\"never\"|\"always\"|\"auto\") (default \"auto\")"),
        .value("context", letter: "c", help: engineHelp, isShown: false),
        .flag("compatibility", help: "Run compose in backward compatibility mode"),
        .flag("debug", "verbose", letter: "D", help: "Show the causes of errors"),
        .dryRun,
        .value("env-file", type: "stringArray", help: "Specify an alternate environment file"),
        .value("file", letter: "f", type: "stringArray", help: "Compose configuration files"),
        .value("host", letter: "H", help: engineHelp, isShown: false),
        .value(
            "log-level", help: "Set the logging level (debug, info, warn, error, fatal)", isShown: false),
        .flag("no-ansi", help: "Deprecated: the same as --ansi never", isShown: false),
        .value("parallel", type: "int", help: "Control max parallelism, -1 for unlimited (default -1)"),
        .value("profile", type: "stringArray", help: "Specify a profile to enable"),
        .value("progress", help: "Set type of progress output (auto, tty, plain, json, quiet)"),
        .value(
            "project-directory", "workdir",
            help: "Specify an alternate working directory (default: the path of the, first specified, Compose file)"),
        .value("project-name", letter: "p", help: "Project name"),
        .flag("tls", help: engineHelp, isShown: false),
        .value("tlscacert", help: engineHelp, isShown: false),
        .value("tlscert", help: engineHelp, isShown: false),
        .value("tlskey", help: engineHelp, isShown: false),
        .flag("tlsverify", help: engineHelp, isShown: false),
        .flag("version", letter: "v", help: "Show the version: the command `version`", isShown: false),
    ])

    private static let engineHelp = "Refused: compose runs containers itself, there is no engine elsewhere"

    /// Fails for what cannot be followed.
    func check(_ environment: [String: String]) throws(CommandError) {
        for (name, value) in connection.sorted(by: { $0.key < $1.key }) where (name, value) != ("context", "default") {
            throw CommandError(
                "--\(name) is not supported: compose runs containers itself, there is no engine to connect to",
                hint: "run compose on the host where the containers are to be, for example through ssh")
        }
        if let logLevel, !["debug", "info", "warn", "warning", "error", "fatal", "panic", "trace"].contains(logLevel) {
            throw CommandError("Unable to parse logging level: \(logLevel)")
        }
        if let ansi, AnsiMode(rawValue: ansi) == nil {
            throw CommandError("unknown value for --ansi: \"\(ansi)\"", hint: "it is never, always or auto")
        }
        let progress = progress ?? environment["COMPOSE_PROGRESS"] ?? "auto"
        if ProgressMode(rawValue: progress) == nil && progress != "none" && !progress.isEmpty {
            throw CommandError("unsupported --progress value \"\(progress)\"")
        }
        if ansi == "never" && progress == "tty" {
            throw CommandError("can't use --progress tty while ANSI support is disabled")
        }
        if ansi == "always" && progress == "plain" {
            throw CommandError("can't use --progress plain while ANSI support is forced")
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

extension CommandOption {
    fileprivate static func flag(
        _ names: String..., letter: Character? = nil, help: String = "", isShown: Bool = true
    ) -> CommandOption {
        CommandOption(names: names, letter: letter, kind: .flag(isOn: false, off: nil), help: help, isShown: isShown)
    }

    fileprivate static func value(
        _ names: String..., letter: Character? = nil, type: String = "string", help: String, isShown: Bool = true
    ) -> CommandOption {
        CommandOption(names: names, letter: letter, kind: .value(type: type), help: help, isShown: isShown)
    }
}
