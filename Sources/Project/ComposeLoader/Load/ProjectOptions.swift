internal import Primitives
import YAML

/// Finds out which files make up a project, with which variables and under which name.
struct ProjectOptions {
    static let defaultNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
    static let overrideNames = [
        "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml",
    ]

    let options: LoadOptions
    let context: LoadContext
    /// Absolute paths, or `-`, and how messages call them.
    var files: [(path: String, name: String)] = []
    var directory = ""
    /// Of the first file, when that was fetched.
    private var remoteDirectory: String?
    var environment: [String: String]

    init(_ options: LoadOptions, context: LoadContext) throws(LoadFailure) {
        self.init(notFound: options, context)
        try find()
    }

    private init(notFound options: LoadOptions, _ context: LoadContext) {
        self.options = options
        self.context = context
        environment = options.environment
    }

    /// The variables for commands that need no files: without those of env files that cannot be read.
    static func environment(_ options: LoadOptions, context: LoadContext) -> [String: String] {
        var found = ProjectOptions(notFound: options, context)
        do {
            try found.find()
        } catch {
            // Who loads the project reports it.
        }
        return found.environment
    }

    private mutating func find() throws(LoadFailure) {
        let here = options.workingDirectory
        let explicit = options.projectDirectory.map { absolute($0) }
        try locate(options.files)
        try addEnvFiles(of: explicit ?? directoryOfFiles ?? here)
        if files.isEmpty, let list = environment["COMPOSE_FILE"], !list.isEmpty {
            let separator = environment["COMPOSE_PATH_SEPARATOR"].flatMap { $0.isEmpty ? nil : $0 } ?? ":"
            try locate(list.split(separator: separator, omittingEmptySubsequences: false).map(String.init))
        }
        if files.isEmpty { files = try discover(from: explicit ?? here) }
        directory = explicit ?? directoryOfFiles ?? here
        try addEnvFiles(of: directory)
        for file in files where file.path != "-" && context.files.kind(of: file.path) == .missing {
            context.reportIncomplete(LoadFailure("no such file", file: file.name))
        }
        files.removeAll { $0.path != "-" && context.files.kind(of: $0.path) == .missing }
        if files.isEmpty { try context.finish() }
    }

    /// Finds the files named by the user; those from elsewhere are fetched.
    private mutating func locate(_ names: [String]) throws(LoadFailure) {
        for name in names {
            if let remote = try context.fetch(name) {
                files.append((remote.path, name))
                remoteDirectory = remoteDirectory ?? (files.count == 1 ? remote.directory : nil)
            } else {
                files.append((name == "-" ? name : absolute(name), name))
            }
        }
    }

    private var directoryOfFiles: String? { remoteDirectory ?? Self.directory(of: files) }

    private func absolute(_ path: String) -> String { FilePath.absolute(path, in: options.workingDirectory) }

    /// That of the first file that has one.
    private static func directory(of files: [(path: String, name: String)]) -> String? {
        files.first { $0.path != "-" }.map { FilePath.directory($0.path) }
    }

    /// Adds variables that are not known yet: of the files asked for, else of `.env` in `directory`.
    private mutating func addEnvFiles(of directory: String) throws(LoadFailure) {
        var given = options.envFiles
        if given.isEmpty, let list = options.environment["COMPOSE_ENV_FILES"], !list.isEmpty {
            given = list.split(separator: ",").map(String.init)
        }
        var paths = given.map { absolute($0) }.filter { $0 != "/dev/null" }
        for path in paths where context.files.kind(of: path) == .missing {
            throw LoadFailure("couldn't find env file: \(path)")
        }
        if given.isEmpty, !(try ignoresEnvFile()) {
            let path = FilePath.join(directory, ".env")
            if context.files.kind(of: path) == .regular { paths = [path] }
        }
        let own = try EnvironmentFiles.read(paths, over: environment, context: context)
        environment.merge(own) { outer, _ in outer }
    }

    /// COMPOSE_DISABLE_ENV_FILE, in the spellings and with the message of Go's strconv.ParseBool.
    private func ignoresEnvFile() throws(LoadFailure) -> Bool {
        let variable = "COMPOSE_DISABLE_ENV_FILE"
        switch environment[variable] {
        case nil, "0", "f", "F", "false", "FALSE", "False": return false
        case "1", "t", "T", "true", "TRUE", "True": return true
        case let text?:
            throw LoadFailure("\(variable): strconv.ParseBool: parsing \(text.quotedAsInGo): invalid syntax")
        }
    }

    /// The first directory from `start` upwards that has a Compose file, with its override file.
    private func discover(from start: String) throws(LoadFailure) -> [(path: String, name: String)] {
        var directory = start
        while true {
            if let name = present(Self.defaultNames, in: directory) {
                var found = [name]
                if let override = present(Self.overrideNames, in: directory) { found.append(override) }
                return found.map { (FilePath.join(directory, $0), $0) }
            }
            if directory == "/" { break }
            directory = FilePath.directory(directory)
        }
        throw LoadFailure("no configuration file provided: not found")
    }

    private func present(_ names: [String], in directory: String) -> String? {
        let found = names.filter { context.files.kind(of: FilePath.join(directory, $0)) == .regular }
        guard let first = found.first else { return nil }
        if found.count > 1 {
            let paths = found.map { FilePath.join(directory, $0) }.joined(separator: ", ")
            context.warn("Found multiple config files with supported names: \(paths)")
            context.warn("Using \(FilePath.join(directory, first))")
        }
        return first
    }

    // MARK: Name

    /// The project's name: `-p`, `COMPOSE_PROJECT_NAME`, `name:` of the last file that has one, the directory's name.
    mutating func projectName() throws(LoadFailure) -> String {
        if let name = options.projectName, !name.isEmpty { return try valid(name) }
        if let name = environment["COMPOSE_PROJECT_NAME"], !name.isEmpty { return try valid(name) }
        if let name = try nameOfFiles() {
            let normalized = options.normalize ? Self.normalized(name) : name
            if normalized.isEmpty { throw LoadFailure("\"\(name)\" is not a project name: it has no letter or digit") }
            return normalized
        }
        let name = Self.normalized(FilePath.base(directory))
        if name.isEmpty { throw LoadFailure("project name must not be empty") }
        return name
    }

    private func valid(_ name: String) throws(LoadFailure) -> String {
        if Self.normalized(name) == name { return name }
        throw LoadFailure(
            "invalid project name \"\(name)\": use lower-case letters, digits, hyphens and underscores, "
                + "starting with a letter or digit")
    }

    static func normalized(_ name: String) -> String {
        let kept = name.lowercased().utf8.filter {
            $0 >= 97 && $0 <= 122 || $0 >= 48 && $0 <= 57 || $0 == 95 || $0 == 45
        }
        let start = kept.firstIndex { $0 != 95 && $0 != 45 } ?? kept.endIndex
        return String(decoding: kept[start...], as: UTF8.self)
    }

    private mutating func nameOfFiles() throws(LoadFailure) -> String? {
        var name: Node?
        var unreadable: Set<String> = []
        for file in files {
            do {
                for document in try context.readAhead(file.path, name: file.name) {
                    if let found = document.root["name"], found.string?.isEmpty == false { name = found }
                }
            } catch {
                context.reportIncomplete(error)
                unreadable.insert(file.path)
            }
        }
        files.removeAll { unreadable.contains($0.path) }
        guard let name, let text = name.string else { return nil }
        guard options.interpolate else { return text }
        let interpolation = Interpolation(context: context, environment: environment, path: ["name"])
        return try interpolation.substitute(text, at: name.mark)
    }
}
