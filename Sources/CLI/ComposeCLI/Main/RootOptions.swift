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
        debug = line.isOn("debug")
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
        .flag("compatibility", help: "Run compose in backward compatibility mode"),
        .flag("debug", "verbose", letter: "D", help: "Show the causes of errors"),
        .dryRun,
        .value("env-file", type: "stringArray", help: "Specify an alternate environment file"),
        .value("file", letter: "f", type: "stringArray", help: "Compose configuration files"),
        .flag("no-ansi", help: "Deprecated: the same as --ansi never", isShown: false),
        .value("parallel", type: "int", help: "Control max parallelism, -1 for unlimited (default -1)"),
        .value("profile", type: "stringArray", help: "Specify a profile to enable"),
        .value("progress", help: "Set type of progress output (auto, tty, plain, json, quiet)"),
        .value(
            "project-directory", "workdir",
            help: "Specify an alternate working directory (default: the path of the, first specified, Compose file)"),
        .value("project-name", letter: "p", help: "Project name"),
        .flag("version", letter: "v", help: "Show the version: the command `version`", isShown: false),
    ])

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
        _ names: String..., letter: Character? = nil, type: String = "string", help: String
    ) -> CommandOption {
        CommandOption(names: names, letter: letter, kind: .value(type: type), help: help)
    }
}
