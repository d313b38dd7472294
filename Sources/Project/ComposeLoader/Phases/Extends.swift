internal import Primitives
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
        guard let node = document["services"], !node.isRefused else { return }
        guard var services = node.mapping else {
            context.report("must be a mapping, not \(node.kindName)", path: ["services"], at: node.mark)
            document["services"]?.value = .refused
            return
        }
        guard services.entries.contains(where: { $0.value["extends"] != nil }) else { return }
        document["services"]?.value = .null
        for position in 0..<services.count {
            let service = services.entries[position].key
            if services[position]["extends"] == nil { continue }
            let (extended, _) = extended(service, in: &services, file: path, chain: [])
            services[position] = extended
        }
        document["services"]?.value = .mapping(services)
    }

    private var context: LoadContext { loader.context }

    /// The service over what it extends, and whether all of that is there: if not, the reason is reported.
    private func extended(
        _ service: String, in services: inout Mapping, file: String, chain: [Step]
    ) -> (Node, whole: Bool) {
        guard let node = services[service] else { return (Node(.null), true) }
        guard let extends = node["extends"], !node.isNull else {
            return (node, chain.isEmpty || !context.isSpoiled(["services", service]))
        }
        let step = Step(file: file, service: service)
        var (source, whole) = (node, true)
        do throws(LoadFailure) {
            (source, whole) = try base(of: step, extends, in: &services, chain: chain)
            if !context.inherits(source.size) {
                throw context.failure(
                    "services inherit too much from each other", path: "services.\(service).extends", at: extends.mark)
            }
            if source.mapping == nil {
                source = node
            } else {
                for reset in resets where reset.count > 2 && reset[0] == "services" && reset[1] == service {
                    source.withMapping { DocumentLoader.remove(reset[2...], from: &$0) }
                }
                try Merge.service(node, over: &source, named: service, context: context)
                source.mark = node.mark
                source.withMapping { _ = $0.remove("extends") }
            }
        } catch {
            context.report(error)
            (source, whole) = (node, false)
            source.withMapping { _ = $0.remove("extends") }
        }
        if !whole { context.spoil(["services", service]) }
        services[service] = source
        return (source, whole)
    }

    /// What a service extends.
    private func base(
        of step: Step, _ extends: Node, in services: inout Mapping, chain: [Step]
    ) throws(LoadFailure) -> (Node, whole: Bool) {
        let path = "services.\(step.service).extends"
        if extends.isRefused { return (Node(.null), false) }
        if chain.contains(step) { throw circular(chain + [step], extends) }
        if chain.count > Self.chainLimit {
            throw context.failure("extends over more than \(Self.chainLimit) services", path: path, at: extends.mark)
        }
        if extends["service"]?.isRefused == true || extends["file"]?.isRefused == true { return (Node(.null), false) }
        guard let base = extends.string ?? extends["service"]?.string else {
            throw context.failure("extends needs the name of a service", path: path, at: extends.mark)
        }
        if let file = extends["file"], file.string == nil, !file.isNull {
            throw context.failure("must be text", path: path + ".file", at: file.mark)
        }
        if let other = extends["file"]?.string {
            var (others, otherFile) = try readServices(of: other, extends, path)
            guard others.contains(base) else { throw missing(base, step.service, others, other, extends) }
            return extended(base, in: &others, file: otherFile, chain: chain + [step])
        }
        guard services.contains(base) else { throw missing(base, step.service, services, nil, extends) }
        return extended(base, in: &services, file: step.file, chain: chain + [step])
    }

    private func missing(
        _ base: String, _ service: String, _ services: Mapping, _ file: String?, _ node: Node
    ) -> LoadFailure {
        let place = file.map { " in \($0)" } ?? ""
        let guess = Spelling.suggestion(for: base, among: services.keys.lazy.filter { $0 != service })
        return context.failure(
            "cannot extend service \"\(base)\": there is none\(place)\(guess)", path: "services.\(service).extends",
            at: node["service"]?.mark ?? node.mark)
    }

    private func circular(_ chain: [Step], _ node: Node) -> LoadFailure {
        let severalFiles = Set(chain.map(\.file)).count > 1
        let names = chain.prefix(10).map { severalFiles ? "\($0.service) in \($0.file)" : $0.service }
        return context.failure(
            "services extend each other in a circle: \(names.joined(separator: " extends "))",
            path: "services.\(chain.last?.service ?? "").extends", at: node.mark)
    }

    /// The services of another file, with paths made relative to the project.
    private func readServices(
        of file: String, _ node: Node, _ place: String
    ) throws(LoadFailure) -> (Mapping, path: String) {
        let local = FilePath.absolute(FilePath.expandingHome(file, home: loader.home), in: loader.baseDirectory)
        let path = try context.fetch(file)?.path ?? local
        let directory = FilePath.relative(FilePath.directory(path), to: loader.baseDirectory)
        let key = "\(path)\u{0}\(loader.baseDirectory)"
        if let cached = context.extendsCache[key] { return (cached, path) }
        if context.unreadable.contains(key) { throw LoadFailure([]) }
        if context.files.kind(of: path) == .missing {
            let mark = node["file"]?.mark ?? node.mark
            throw context.failure("cannot extend from \(file): no such file", path: place, at: mark)
        }
        var document = Mapping()
        do {
            try loader.load(path, name: file, stage: .extended, into: &document)
        } catch {
            context.unreadable.insert(key)
            throw error
        }
        guard let services = document["services"] else {
            throw context.failure("cannot extend from \(file): it has no services", path: place, at: node.mark)
        }
        guard services.mapping != nil else {
            throw context.failure("services must be a mapping", path: "services", at: services.mark)
        }
        var paths = ResolvePaths(context: context, directory: directory, home: loader.home)
        paths.apply(to: &document)
        let result = document["services"]?.mapping ?? Mapping()
        context.extendsCache[key] = result
        return (result, path)
    }
}
