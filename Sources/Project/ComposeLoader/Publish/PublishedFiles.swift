public import ComposeModel
import Digests
import YAML

/// A file of a project as it is published: what it refers to lies next to it, under the names of ``PublishedFile``s.
public struct PublishedFile: Sendable, Hashable {
    /// What the file is for the project.
    public enum Kind: Sendable, Hashable {
        /// One of `-f`.
        case main
        /// Extended by another one.
        case extended
        case environment
    }

    /// Without directories.
    public var name: String
    /// What the file is for the project.
    public var kind: Kind
    /// The text as it is published, with the new names of other files in it.
    public var bytes: [UInt8]

    public init(name: String, kind: Kind, bytes: [UInt8]) {
        self.name = name
        self.kind = kind
        self.bytes = bytes
    }
}

/// The files that a project needs elsewhere: its Compose files in their order, what they extend, and the environment
/// files of services. The files stay as they are written but for the paths of the others.
///
/// Throws for what cannot be taken along: included files of this host, and standard input.
public func publishedFiles(
    of project: Project, files: any FileProvider
) throws(LoadFailure) -> [PublishedFile] {
    var publication = Publication(project: project, files: files)
    var result: [PublishedFile] = []
    for path in project.composeFiles {
        guard path != "-" else { throw LoadFailure("standard input cannot be published, name a file", file: path) }
        let bytes = try publication.rewritten(path, in: project.workingDirectory)
        result.append(PublishedFile(name: FilePath.base(path), kind: .main, bytes: bytes))
    }
    var next = 0
    while next < publication.extended.count {
        let path = publication.extended[next]
        next += 1
        let bytes = try publication.rewritten(path, in: FilePath.directory(path))
        result.append(PublishedFile(name: Publication.name(path, ".yaml"), kind: .extended, bytes: bytes))
    }
    for path in publication.environment where files.kind(of: path) != .missing {
        let bytes = try publication.read(path)
        result.append(PublishedFile(name: Publication.name(path, ".env"), kind: .environment, bytes: bytes))
    }
    return result
}

private struct Publication {
    let project: Project
    let files: any FileProvider
    /// Absolute paths in the order in which they are found.
    var extended: [String] = []
    var environment: [String] = []

    private static let limit = 4 << 20

    init(project: Project, files: any FileProvider) {
        self.project = project
        self.files = files
    }

    static func name(_ path: String, _ suffix: String) -> String {
        SHA256.hex(of: Array(path.utf8)) + suffix
    }

    func read(_ path: String) throws(LoadFailure) -> [UInt8] {
        do {
            return try files.read(path, limit: Self.limit)
        } catch {
            throw LoadFailure(error.reason, file: path)
        }
    }

    /// The file with the names that others have where it is published.
    mutating func rewritten(_ path: String, in directory: String) throws(LoadFailure) -> [UInt8] {
        let bytes = try read(path)
        let documents: [Document]
        do {
            documents = try parseYAML(bytes)
        } catch {
            throw LoadFailure(error.message, file: path)
        }
        var edits = ScalarEdits(path: path)
        for document in documents {
            try refuseIncludes(document.root["include"], path)
            for service in document.root["services"]?.mapping?.entries ?? [] {
                for node in Self.environmentPaths(service.value["env_file"]) {
                    guard let file = try local(node, in: directory, path) else { continue }
                    if !environment.contains(file) { environment.append(file) }
                    edits.replace(node, with: Self.name(file, ".env"))
                }
                guard let node = service.value["extends"]?["file"], let source = node.string,
                    try fetch(try substituted(source, path)) == nil,
                    let file = try local(node, in: directory, path)
                else { continue }
                if !extended.contains(file) { extended.append(file) }
                edits.replace(node, with: Self.name(file, ".yaml"))
            }
        }
        return try edits.apply(to: bytes)
    }

    private static func environmentPaths(_ node: Node?) -> [Node] {
        guard let node else { return [] }
        if node.string != nil { return [node] }
        guard case .sequence(let items) = node.value else { return [] }
        return items.compactMap { $0.string == nil ? $0["path"] : $0 }
    }

    private func refuseIncludes(_ node: Node?, _ path: String) throws(LoadFailure) {
        guard let node, case .sequence(let items) = node.value else { return }
        for item in items {
            var sources: [Node] = [item]
            if let paths = item["path"] {
                if case .sequence(let several) = paths.value { sources = several } else { sources = [paths] }
            }
            for source in sources.compactMap(\.string)
            where try fetch(try substituted(source, path)) == nil {
                throw LoadFailure(
                    "it includes \(source): only files from registries and Git can be included in what is published",
                    file: path)
            }
        }
    }

    private func local(_ node: Node, in directory: String, _ path: String) throws(LoadFailure) -> String? {
        guard let text = node.string, !text.isEmpty else { return nil }
        let expanded = FilePath.expandingHome(try substituted(text, path), home: project.environment["HOME"])
        return FilePath.clean(FilePath.absolute(expanded, in: directory))
    }

    private func fetch(_ source: String) throws(LoadFailure) -> RemoteComposeFile? {
        do {
            return try files.fetch(source)
        } catch {
            throw LoadFailure(error.reason, file: error.path)
        }
    }

    private func substituted(_ text: String, _ path: String) throws(LoadFailure) -> String {
        let environment = project.environment
        do {
            return try Template(lookup: { environment[$0] }, missing: { _ in }).substitute(text)
        } catch {
            throw LoadFailure("\"\(text.prefix(200))\" cannot be read as a path", file: path)
        }
    }
}
