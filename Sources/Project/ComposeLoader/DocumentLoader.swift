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
        resolveEnvironment(&document)
        return document
    }

    func load(_ path: String, name: String, stage: Stage, into document: inout Mapping) throws(LoadFailure) {
        for part in try context.documents(of: path, name: name) {
            try add(part, path: path, name: name, stage: stage, to: &document)
        }
    }

    private func add(
        _ part: Document, path: String, name: String, stage: Stage, to document: inout Mapping
    ) throws(LoadFailure) {
        if part.root.isNull { throw LoadFailure("the file is empty", file: name) }
        var root = part.root
        guard root.mapping != nil else { throw context.failure("the file must be a mapping", at: root.mark) }
        if interpolate {
            var interpolation = Interpolation(context: context, environment: environment)
            try interpolation.apply(to: &root)
        }
        guard var content = root.mapping else { return }
        if stage == .whole {
            try Extends(loader: self, path: path, name: name, resets: part.resets).apply(to: &content)
        }
        for reset in part.resets { Self.remove(reset[...], from: &document) }
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
