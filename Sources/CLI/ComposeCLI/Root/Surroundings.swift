internal import Glibc
internal import LinuxSystem

/// What the process was started with.
enum Surroundings {
    static func environment() -> [String: String] {
        var result: [String: String] = [:]
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            pointer += 1
        }
        return result
    }

    static func workingDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// `environment` with the `COMPOSE_…` variables of the `.env` file of the project directory that it lacks.
    ///
    /// Only these are taken, and only from plain `NAME=VALUE` lines: the loader reads the file with all of its syntax.
    static func withDotEnv(_ environment: [String: String], _ root: RootOptions) -> [String: String] {
        var result = environment
        if RootOptions.boolean(environment["COMPOSE_DISABLE_ENV_FILE"] ?? "") == true { return result }
        var files = root.envFiles
        if files.isEmpty, let listed = environment["COMPOSE_ENV_FILES"], !listed.isEmpty {
            files = listed.split(separator: ",").map(String.init)
        }
        if files.isEmpty { files = [(root.projectDirectory ?? directory(of: root.files.first)) + "/.env"] }
        for file in files {
            for line in (Files.text(file) ?? "").split(whereSeparator: \.isNewline) {
                var line = line.drop(while: \.isWhitespace)
                if line.hasPrefix("export ") { line = line.dropFirst(7) }
                guard line.hasPrefix("COMPOSE_"), let equals = line.firstIndex(of: "=") else { continue }
                let name = String(line[..<equals])
                let value = line[line.index(after: equals)...]
                if environment[name] == nil { result[name] = unquoted(value) }
            }
        }
        return result
    }

    private static func directory(of file: String?) -> String {
        guard let file, file != "-", let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }

    private static func unquoted(_ text: Substring) -> String {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        if let quote = text.first, quote == "\"" || quote == "'", text.count > 1, text.last == quote {
            return String(text.dropFirst().dropLast())
        }
        if let comment = text.range(of: " #") { text = text[..<comment] }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension Substring {
    /// Where `text` begins.
    fileprivate func range(of text: String) -> Index? {
        indices.first { self[$0...].hasPrefix(text) }
    }
}
