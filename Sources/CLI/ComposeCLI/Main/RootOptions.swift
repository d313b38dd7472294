internal import ArgumentParser

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
        let syntax = try DeclaredOptions.syntax(of: "") ?? Self.syntax()
        let line = try CommandLineWords(arguments, syntax, endsAtArgument: true)
        let declared: RootDeclaration
        do {
            declared = try RootDeclaration.parse(line.words)
        } catch {
            throw CommandError(usage: RootDeclaration.message(for: error))
        }
        files = declared.file
        projectName = declared.projectName
        projectDirectory = declared.projectDirectory
        envFiles = declared.envFile.flatMap { $0.split(separator: ",").map(String.init) }
        profiles = declared.profile
        parallel = declared.parallel
        progress = declared.progress
        ansi = declared.noAnsi ? "never" : declared.ansi
        compatibility = declared.compatibility
        allResources = declared.allResources
        dryRun = line.dryRun
        debug = declared.debug
        help = line.wantsHelp
        version = declared.version
        rest = declared.rest
    }

    /// What can be given.
    static func syntax() throws -> CommandSyntax {
        var syntax = try CommandSyntax(of: RootDeclaration.self)
        syntax.addDryRun()
        return syntax
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

/// The declaration of ``RootOptions``.
private struct RootDeclaration: ParsableCommand {
    @Flag(help: "Include all resources, even those not used by services")
    var allResources = false
    @Option(help: "Control when to print ANSI control characters (\"never\"|\"always\"|\"auto\") (default \"auto\")")
    var ansi: String?
    @Flag(help: "Run compose in backward compatibility mode")
    var compatibility = false
    @Flag(name: [.customShort("D"), .long, .customLong("verbose")], help: "Show the causes of errors")
    var debug = false
    @Option(help: "Specify an alternate environment file")
    var envFile: [String] = []
    @Option(name: .shortAndLong, help: "Compose configuration files")
    var file: [String] = []
    @Flag(help: ArgumentHelp("Deprecated: the same as --ansi never", visibility: .hidden))
    var noAnsi = false
    @Option(help: .value("int", "Control max parallelism, -1 for unlimited (default -1)"))
    var parallel: Int?
    @Option(help: "Specify a profile to enable")
    var profile: [String] = []
    @Option(help: "Set type of progress output (auto, tty, plain, json, quiet)")
    var progress: String?
    @Option(
        name: [.long, .customLong("workdir")],
        help: "Specify an alternate working directory (default: the path of the, first specified, Compose file)")
    var projectDirectory: String?
    @Option(name: .shortAndLong, help: "Project name")
    var projectName: String?
    @Flag(name: .shortAndLong, help: ArgumentHelp("Show the version: the command `version`", visibility: .hidden))
    var version = false
    @Argument(help: "COMMAND")
    var rest: [String] = []
}
