import YAML

/// Reads files into one document in canonical form: interpolate, extend, include, merge, validate, rewrite.
struct DocumentLoader {
    let context: LoadContext
    /// Relative paths end up relative to it; absolute for the project, relative to the includer for an included file.
    var directory: String
    /// Absolute: where relative names of extended and included files are looked up.
    var baseDirectory: String
    var environment: [String: String]
    var interpolate = true
    var resolvePaths = true
    var home: String?
    /// Files that include this one, absolute.
    var included: [String] = []

    /// How much is done with a file.
    enum Stage {
        case whole
        /// A file that services extend: neither extended, included nor validated by itself.
        case extended
    }

    private static let includeDepth = 32

    /// All files merged, with defaults, checked, with resolved paths.
    func model(_ files: [(path: String, name: String)]) throws(LoadFailure) -> Mapping {
        var document = Mapping()
        for file in files {
            do {
                try load(file.path, name: file.name, stage: .whole, into: &document)
            } catch {
                context.reportIncomplete(error)
            }
        }
        Defaults.apply(to: &document)
        Semantics.check(document, context: context)
        if resolvePaths {
            var paths = ResolvePaths(context: context, directory: directory, home: home)
            paths.apply(to: &document)
        }
        if interpolate { resolveEnvironment(&document) }
        return document
    }

    func load(_ path: String, name: String, stage: Stage, into document: inout Mapping) throws(LoadFailure) {
        var parts = try context.documents(of: path, name: name)
        for index in parts.indices {
            // Taken out, so that it can be changed without a copy.
            let root = parts[index].root
            parts[index].root = Node(.null)
            try add(root, parts[index].resets, path: path, name: name, stage: stage, to: &document)
        }
    }

    private func add(
        _ part: consuming Node, _ resets: [[String]], path: String, name: String, stage: Stage,
        to document: inout Mapping
    ) throws(LoadFailure) {
        if part.isNull { throw LoadFailure("the file is empty", file: name) }
        guard part.mapping != nil else { throw context.failure("the file must be a mapping", at: part.mark) }
        try Self.checkSize(part, context)
        if interpolate {
            var interpolation = Interpolation(context: context, environment: environment)
            try interpolation.apply(to: &part)
        }
        guard var content = part.mapping else { return }
        part.value = .null
        if stage == .whole {
            try Extends(loader: self, path: path, name: name, resets: resets).apply(to: &content)
        }
        for reset in resets { Self.remove(reset[...], from: &document) }
        if stage == .whole {
            var inner = self
            inner.included.append(path)
            if inner.included.count > Self.includeDepth {
                throw LoadFailure("includes are nested too deep", file: name)
            }
            try Include(loader: inner).apply(to: &content)
        }
        if document.isEmpty {
            document = content
            content = Mapping()
        } else {
            try Merge.apply(content, over: &document, context: context)
        }
        Unique.apply(to: &document, context: context)
        if stage == .whole {
            Validation.check(&document, context: context)
            if document.remove("version") != nil {
                context.warn(
                    "\(path): the attribute `version` is obsolete, it will be ignored, "
                        + "please remove it to avoid potential confusion")
            }
        }
        Canonical.apply(to: &document, context: context, lenient: !interpolate)
        Self.omitEmptyDNS(&document)
        Unique.apply(to: &document, context: context)
    }

    private static let resourceLimit = 12_000

    private static func checkSize(_ root: borrowing Node, _ context: LoadContext) throws(LoadFailure) {
        for kind in ["services", "networks", "volumes", "secrets", "configs"] {
            guard let resources = root[kind], let count = resources.mapping?.count, count > resourceLimit else {
                continue
            }
            throw context.failure("more than \(resourceLimit) of them", path: kind, at: resources.mark)
        }
    }

    static func remove(_ path: ArraySlice<String>, from mapping: inout Mapping) {
        guard let first = path.first, let position = mapping.position(of: first) else { return }
        if path.count == 1 {
            mapping.remove(first)
        } else {
            mapping[position].withMapping { remove(path.dropFirst(), from: &$0) }
        }
    }

    private static func omitEmptyDNS(_ document: inout Mapping) {
        document["services"]?.withMapping { services in
            for position in 0..<services.count {
                guard services[position]["dns"] != nil else { continue }
                services[position].withMapping { service in
                    service["dns"]?.withSequence { $0.removeAll { $0.isNull || $0.string == "" } }
                }
            }
        }
    }

    /// Variables without a value, and the contents of secrets and configs that are variables.
    private func resolveEnvironment(_ document: inout Mapping) {
        document["services"]?.withMapping { services in
            for position in 0..<services.count where services[position]["environment"]?.sequence != nil {
                services[position].withMapping { service in
                    service["environment"]?.withSequence { items in
                        for index in items.indices {
                            if let name = items[index].string, let value = environment[name] {
                                items[index].value = .string("\(name)=\(value)")
                            }
                        }
                    }
                }
            }
        }
        for (kind, key) in [("secrets", DocumentLoader.secretValue), ("configs", "content")] {
            document[kind]?.withMapping { objects in
                for position in 0..<objects.count {
                    guard let name = objects[position]["environment"]?.string, let value = environment[name] else {
                        continue
                    }
                    objects[position].withMapping { $0[key] = Node(.string(value)) }
                }
            }
        }
    }

    /// Holds the value of a secret that comes from a variable, until the model is made.
    static let secretValue = "x-#value"
}
