import YAML

/// Loads included files as projects of their own and adds their resources.
struct Include {
    let loader: DocumentLoader

    private struct Entry {
        var paths: [String]
        var directory: String?
        var envFiles: [String]
        var node: Node
    }

    func apply(to document: inout Mapping) throws(LoadFailure) {
        guard let node = document.remove("include"), !node.isNull else { return }
        if node.isRefused { return }
        guard let items = node.sequence else {
            throw loader.context.failure("include must be a list", path: "include", at: node.mark)
        }
        for (index, item) in items.enumerated() where !item.isNull && !item.isRefused {
            do {
                let imported = try load(try entry(item, index), index)
                add(imported, to: &document, item)
            } catch {
                loader.context.reportIncomplete(error)
            }
        }
    }

    private func entry(_ item: Node, _ index: Int) throws(LoadFailure) -> Entry {
        let path = "include[\(index)]"
        if let text = item.string { return Entry(paths: [text], directory: nil, envFiles: [], node: item) }
        guard let mapping = item.mapping else {
            throw loader.context.failure("must be a path or a mapping", path: path, at: item.mark)
        }
        for entry in mapping.entries where !["path", "project_directory", "env_file"].contains(entry.key) {
            loader.context.warn("\(path): the attribute \"\(entry.key)\" is unknown, it is ignored")
        }
        if let directory = mapping["project_directory"], directory.string == nil, !directory.isNull {
            throw loader.context.failure("project_directory must be text", path: path, at: directory.mark)
        }
        return Entry(
            paths: try strings(mapping["path"], path), directory: mapping["project_directory"]?.string,
            envFiles: try strings(mapping["env_file"], path), node: item)
    }

    private func strings(_ node: Node?, _ path: String) throws(LoadFailure) -> [String] {
        guard let node, !node.isNull else { return [] }
        if let text = node.string { return [text] }
        let items = node.sequence?.compactMap(\.string) ?? []
        guard items.count == node.sequence?.count else {
            throw loader.context.failure("must be text or a list of text", path: path, at: node.mark)
        }
        return items
    }

    private func load(_ entry: Entry, _ index: Int) throws(LoadFailure) -> Mapping {
        guard let first = entry.paths.first else {
            _ = try environment(entry, directory: loader.baseDirectory)
            return Mapping()
        }
        var paths: [String] = []
        for path in entry.paths {
            paths.append(try loader.context.fetch(path)?.path ?? FilePath.absolute(path, in: loader.baseDirectory))
        }
        if loader.included.contains(paths[0]) {
            let chain = (loader.included + [paths[0]]).joined(separator: " includes ")
            throw loader.context.failure(
                "files include each other in a circle: \(chain)", path: "include[\(index)]", at: entry.node.mark)
        }
        if loader.context.files.kind(of: paths[0]) == .missing {
            throw loader.context.failure(
                "cannot include \(first): no such file", path: "include[\(index)]", at: entry.node.mark)
        }
        var inner = loader
        if let directory = entry.directory, !directory.isEmpty {
            inner.directory =
                FilePath.isAbsolute(directory)
                ? directory
                : FilePath.relative(FilePath.join(loader.baseDirectory, directory), to: loader.baseDirectory)
            inner.baseDirectory = FilePath.absolute(directory, in: loader.baseDirectory)
        } else {
            inner.baseDirectory = FilePath.directory(paths[0])
            inner.directory = FilePath.relative(inner.baseDirectory, to: loader.baseDirectory)
        }
        inner.resolvePaths = true
        inner.environment = try environment(entry, directory: inner.baseDirectory)
        return try inner.model(zip(paths, entry.paths).map { (path: $0, name: $1) })
    }

    /// The outer variables over those of the included project's `.env`.
    private func environment(_ entry: Entry, directory: String) throws(LoadFailure) -> [String: String] {
        var files: [String] = []
        if entry.envFiles.isEmpty {
            let file = FilePath.join(directory, ".env")
            if loader.context.files.kind(of: file) == .regular { files = [file] }
        } else {
            for file in entry.envFiles where file != "/dev/null" {
                let path = FilePath.absolute(file, in: loader.baseDirectory)
                if loader.context.files.kind(of: path) != .regular {
                    throw loader.context.failure("\(file) is not a file", path: "include", at: entry.node.mark)
                }
                files.append(path)
            }
        }
        let own = try EnvironmentFiles.read(files, over: loader.environment, context: loader.context)
        return own.merging(loader.environment) { _, outer in outer }
    }

    private func add(_ imported: Mapping, to document: inout Mapping, _ item: Node) {
        for kind in ["services", "volumes", "networks", "secrets", "configs", "models"] {
            guard let resources = imported[kind]?.mapping else { continue }
            var target = document[kind]?.mapping ?? Mapping()
            for entry in resources.entries {
                if let existing = target[entry.key] {
                    if existing == entry.value { continue }
                    let place = loader.context.diagnostic("", at: entry.keyMark).place
                    loader.context.report(
                        "conflicts with the one of the same name that is included\(place.map { " from " + $0 } ?? "")",
                        path: [kind, entry.key], at: existing.mark.line > 0 ? existing.mark : item.mark)
                    continue
                }
                target.append(entry)
            }
            document[kind] = Node(.mapping(target), document[kind]?.mark ?? item.mark)
        }
    }
}
