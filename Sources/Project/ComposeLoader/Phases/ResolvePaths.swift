import YAML

/// Makes relative paths absolute (or relative to another directory).
struct ResolvePaths {
    enum Rule: Sendable {
        case path, unixPath, context, symbolicLink, mount, volume, extends
    }

    static let rules = PathRules<Rule>([
        "services.*.build.context": .context,
        "services.*.build.additional_contexts.*": .context,
        "services.*.build.ssh.*": .unixPath,
        "services.*.env_file.[].path": .path,
        "services.*.label_file.[]": .path,
        "services.*.extends.file": .extends,
        "services.*.develop.watch.[].path": .symbolicLink,
        "services.*.volumes.[]": .mount,
        "configs.*.file": .unixPath,
        "secrets.*.file": .unixPath,
        "volumes.*": .volume,
    ])

    let context: LoadContext
    /// What relative paths refer to.
    let directory: String
    let home: String?
    private var path: [String] = []

    init(context: LoadContext, directory: String, home: String?) {
        self.context = context
        self.directory = directory
        self.home = home
    }

    mutating func apply(to document: inout Mapping) {
        for position in 0..<document.count {
            let key = document.entries[position].key
            if let below = Self.rules.next(key) { apply(to: &document[position], key, below) }
        }
    }

    private mutating func apply(to node: inout Node, _ key: String, _ rules: PathRules<Rule>) {
        path.append(key)
        defer { path.removeLast() }
        if let rule = rules.rule { return resolve(&node, rule) }
        switch node.value {
        case .mapping(var mapping):
            node.value = .null
            for position in 0..<mapping.count {
                let key = mapping.entries[position].key
                if let below = rules.next(key) { apply(to: &mapping[position], key, below) }
            }
            node.value = .mapping(mapping)
        case .sequence(var items):
            guard let below = rules.next("[]") else { return }
            node.value = .null
            for position in items.indices { apply(to: &items[position], "[\(position)]", below) }
            node.value = .sequence(items)
        default: return
        }
    }

    private func resolve(_ node: inout Node, _ rule: Rule) {
        switch rule {
        case .mount: mount(&node)
        case .volume: volume(&node)
        case .path, .unixPath, .context, .symbolicLink, .extends:
            guard let text = node.string else { return }
            node.value = .string(resolved(text, rule))
        }
    }

    private func resolved(_ text: String, _ rule: Rule) -> String {
        switch rule {
        case .context:
            if text.isEmpty || Self.isRemote(text) { return text }
            return absolute(text)
        case .symbolicLink:
            let path = absolute(text)
            return context.files.resolvingSymlinks(path) ?? path
        case .unixPath:
            return FilePath.hostPath(text, in: directory, home: home)
        case .path, .extends, .mount, .volume: return absolute(text)
        }
    }

    private func absolute(_ text: String) -> String {
        let path = FilePath.expandingHome(text, home: home)
        return FilePath.isAbsolute(path) ? path : FilePath.join(directory, path)
    }

    static func isRemote(_ context: String) -> Bool {
        if context.contains("://") { return true }
        return ["service:", "github.com/", "git@"].contains { context.hasPrefix($0) }
    }

    private func mount(_ node: inout Node) {
        guard node["type"]?.string == "bind" else { return }
        // An empty one is the project's directory, as every empty path.
        guard let source = node["source"]?.string else {
            if node["source"]?.isRefused != true {
                context.report(context.failure("a bind mount needs a source", path: joined(path), at: node.mark))
            }
            return
        }
        node.withMapping { mapping in
            mapping["source"]?.value = .string(resolved(source, .unixPath))
        }
    }

    /// The device of a local volume that binds a directory.
    private func volume(_ node: inout Node) {
        guard node["driver"]?.string == "local", let options = node["driver_opts"], options["o"]?.string == "bind",
            let device = options["device"]?.string
        else { return }
        node.withMapping { volume in
            volume["driver_opts"]?.withMapping { options in
                options["device"]?.value = .string(resolved(device, .unixPath))
            }
        }
    }
}
