import Testing

@testable import ComposeLoader
@testable import ComposeModel

/// A file system of a few texts.
struct MemoryFiles: FileProvider {
    var contents: [String: String]

    func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        guard let text = contents[path] else {
            throw FileFailure(path: path, reason: "no such file or directory", missing: true)
        }
        return Array(text.utf8)
    }

    func kind(of path: String) -> FileKind {
        if contents[path] != nil { return .regular }
        return contents.keys.contains { $0.hasPrefix(path == "/" ? "/" : path + "/") } ? .directory : .missing
    }

    func resolvingSymlinks(_ path: String) -> String? { nil }

    /// `remote:PATH` is what `/remote/PATH` has.
    func fetch(_ source: String) throws(FileFailure) -> RemoteComposeFile? {
        guard source.hasPrefix("remote:") else { return nil }
        let path = "/remote/\(source.dropFirst(7))"
        if contents[path] == nil { throw FileFailure(path: source, reason: "it cannot be reached") }
        return RemoteComposeFile(path: path, directory: "/remote")
    }
}

/// Loads `/p/compose.yaml` with other files beside it, named by their path below `/p`.
func load(
    _ text: String, _ others: [String: String] = [:], environment: [String: String] = [:],
    _ configure: (inout LoadOptions) -> Void = { _ in }
) throws(LoadFailure) -> LoadResult {
    var contents = ["/p/compose.yaml": text]
    for (name, text) in others { contents["/p/\(name)"] = text }
    var options = LoadOptions(environment: environment, workingDirectory: "/p")
    configure(&options)
    return try loadProject(options, files: MemoryFiles(contents: contents))
}

/// The service `a` of `/p/compose.yaml`.
func service(
    _ text: String, _ others: [String: String] = [:], environment: [String: String] = [:],
    _ configure: (inout LoadOptions) -> Void = { _ in }
) throws -> Service {
    try #require(try load(text, others, environment: environment, configure).project.services["a"])
}

/// What loading complains about; empty when it does not.
func problems(
    _ text: String, _ others: [String: String] = [:], environment: [String: String] = [:],
    _ configure: (inout LoadOptions) -> Void = { _ in }
) -> [String] {
    do {
        _ = try load(text, others, environment: environment, configure)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}
