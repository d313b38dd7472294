import YAML

/// Merges services over those they extend.
struct Extends {
    private static let chainLimit = 100

    let loader: DocumentLoader
    let path: String
    let name: String
    /// Of the document that is being read.
    let resets: [[String]]

    private struct Step: Equatable {
        var file: String
        var service: String
    }

    func apply(to document: inout Mapping) throws(LoadFailure) {
        guard let node = document["services"] else { return }
        guard var services = node.mapping else {
            throw loader.context.failure("services must be a mapping", path: "services", at: node.mark)
        }
        guard services.entries.contains(where: { $0.value["extends"] != nil }) else { return }
        document["services"]?.value = .null
        for position in 0..<services.count {
            let service = services.entries[position].key
            services[position] = try extended(service, in: &services, file: path, chain: [])
        }
        document["services"]?.value = .mapping(services)
    }

    private func extended(
        _ service: String, in services: inout Mapping, file: String, chain: [Step]
    ) throws(LoadFailure) -> Node {
        guard let node = services[service] else { return Node(.null) }
        guard let extends = node["extends"], !node.isNull else { return node }
        let step = Step(file: file, service: service)
        if chain.contains(step) || chain.count > Self.chainLimit { throw circular(chain + [step], extends) }
        guard let base = extends.string ?? extends["service"]?.string else {
            throw loader.context.failure(
                "extends needs the name of a service", path: "services.\(service).extends", at: extends.mark)
        }
        if let file = extends["file"], file.string == nil, !file.isNull {
            throw loader.context.failure("must be text", path: "services.\(service).extends.file", at: file.mark)
        }
        var source: Node
        if let other = extends["file"]?.string {
            var (others, otherFile) = try readServices(of: other, extends)
            guard others.contains(base) else { throw missing(base, service, "\(other)", extends) }
            source = try extended(base, in: &others, file: otherFile, chain: chain + [step])
        } else {
            guard services.contains(base) else { throw missing(base, service, nil, extends) }
            source = try extended(base, in: &services, file: file, chain: chain + [step])
        }
        guard source.mapping != nil else { return node }
        for reset in resets where reset.count > 2 && reset[0] == "services" && reset[1] == service {
            source.withMapping { DocumentLoader.remove(reset[2...], from: &$0) }
        }
        try Merge.service(node, over: &source, context: loader.context)
        source.withMapping { _ = $0.remove("extends") }
        source.mark = node.mark
        services[service] = source
        return source
    }

    private func missing(_ base: String, _ service: String, _ file: String?, _ node: Node) -> LoadFailure {
        let place = file.map { " in \($0)" } ?? ""
        return loader.context.failure(
            "cannot extend service \"\(base)\": there is none\(place)", path: "services.\(service).extends",
            at: node.mark)
    }

    private func circular(_ chain: [Step], _ node: Node) -> LoadFailure {
        let names = chain.prefix(10).map { "\($0.service) in \($0.file)" }.joined(separator: " extends ")
        return loader.context.failure("services extend each other in a circle: \(names)", at: node.mark)
    }

    /// The services of another file, with paths made relative to the project.
    private func readServices(of file: String, _ node: Node) throws(LoadFailure) -> (Mapping, path: String) {
        let context = loader.context
        let path = FilePath.absolute(FilePath.expandingHome(file, home: loader.home), in: loader.baseDirectory)
        let directory = FilePath.relative(FilePath.directory(path), to: loader.baseDirectory)
        let key = "\(path)\u{0}\(loader.baseDirectory)"
        if let cached = context.extendsCache[key] { return (cached, path) }
        if context.files.kind(of: path) == .missing {
            throw context.failure("cannot extend from \(file): no such file", at: node.mark)
        }
        var document = Mapping()
        try loader.load(path, name: file, stage: .extended, into: &document)
        guard let services = document["services"] else {
            throw context.failure("cannot extend from \(file): it has no services", at: node.mark)
        }
        guard services.mapping != nil else {
            throw context.failure("services must be a mapping", path: "services", at: services.mark)
        }
        try ResolvePaths(context: context, directory: directory, home: loader.home).apply(to: &document)
        let result = document["services"]?.mapping ?? Mapping()
        context.extendsCache[key] = result
        return (result, path)
    }
}
