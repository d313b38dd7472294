import ComposeModel
import YAML

/// Reads `.env` files, env files and label files.
enum EnvironmentFiles {
    static let fileLimit = 4 << 20

    /// The variables of several files; those of `outer` are known inside values and win there.
    static func read(
        _ paths: [String], over outer: [String: String], context: LoadContext
    ) throws(LoadFailure) -> [String: String] {
        var result: [String: String] = [:]
        for path in paths {
            let values = try parse(path, earlier: result, context: context) { outer[$0] }
            result.merge(values) { _, later in later }
        }
        return result
    }

    static func parse(
        _ path: String, earlier: [String: String] = [:], context: LoadContext, lookup: @escaping (String) -> String?
    ) throws(LoadFailure) -> [String: String] {
        let bytes = try bytes(of: path, context: context)
        do {
            return try DotEnv.parse(bytes, earlier: earlier, lookup: lookup) { name in
                context.warn("The \"\(name)\" variable is not set. Defaulting to a blank string.")
            }
        } catch {
            throw LoadFailure([Diagnostic(error.message, file: path, line: error.line, column: 1)])
        }
    }

    private static func bytes(of path: String, context: LoadContext) throws(LoadFailure) -> [UInt8] {
        do {
            return try context.files.read(path, limit: fileLimit)
        } catch {
            throw LoadFailure(error.reason, file: path)
        }
    }

    /// `KEY=VALUE` lines taken literally.
    static func parseRaw(
        _ path: String, context: LoadContext, lookup: (String) -> String?
    ) throws(LoadFailure) -> [String: String] {
        var result: [String: String] = [:]
        let text = String(decoding: try bytes(of: path, context: context), as: UTF8.self)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.hasSuffix("\r") ? line.dropLast() : line
            let content = line.drop { $0 == " " || $0 == "\t" }
            if content.isEmpty || content.hasPrefix("#") { continue }
            let pair = String(content).cut("=")
            let key = pair?.0 ?? String(content)
            if key.contains(where: \.isWhitespace) || key.isEmpty {
                throw LoadFailure([
                    Diagnostic("\"\(key)\" is not a name of a variable", file: path, line: index + 1, column: 1)
                ])
            }
            if let value = pair?.1 ?? lookup(key) { result[key] = value }
        }
        return result
    }

    /// Adds the contents of env files and label files to a service.
    static func resolve(
        _ service: inout Service, environment: [String: String], context: LoadContext
    ) throws(LoadFailure) {
        for (key, value) in service.environment where value == nil {
            if let known = environment[key] { service.environment[key] = .some(known) }
        }
        let own = service.environment
        var variables: [String: String] = own.compactMapValues { $0 }
        for file in service.envFiles {
            let lookup: (String) -> String? = { environment[$0] ?? (own[$0] ?? nil) }
            if context.files.kind(of: file.path) == .missing {
                if !file.required { continue }
                throw LoadFailure("env file \(file.path) not found")
            }
            let values: [String: String]
            switch file.format ?? "" {
            case "": values = try parse(file.path, earlier: variables, context: context, lookup: lookup)
            case "raw": values = try parseRaw(file.path, context: context, lookup: lookup)
            case let format:
                throw LoadFailure("unsupported env_file format \"\(format)\", only raw is known")
            }
            variables.merge(values) { _, later in later }
        }
        if !service.envFiles.isEmpty {
            service.environment = variables.mapValues { .some($0) }.merging(own) { _, own in own }
        }
        service.envFiles = []
    }

    static func resolveLabels(_ service: inout Service, context: LoadContext) throws(LoadFailure) {
        var labels: [String: String] = [:]
        for path in service.labelFiles {
            if context.files.kind(of: path) == .missing {
                throw LoadFailure("label file \(path) not found")
            }
            let earlier = labels
            labels.merge(try parse(path, context: context) { earlier[$0] }) { _, later in later }
        }
        service.labels = labels.merging(service.labels) { _, own in own }
        service.labelFiles = []
    }
}
