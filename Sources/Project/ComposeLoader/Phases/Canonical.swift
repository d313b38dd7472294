import ComposeModel
import Primitives
import YAML

/// Rewrites short forms as long ones.
struct Canonical {
    enum Rule: Sendable {
        case build, ssh, text, keyValues, dependsOn, names, envFiles, textOrList, gpus, ports, volumes, devices
        case references, ulimits, external
        /// Nothing to rewrite here, only below.
        case inside
    }

    static let rules = PathRules<Rule>([
        "services.*.build": .build,
        "services.*.build.secrets": .references,
        "services.*.build.provenance": .text,
        "services.*.build.sbom": .text,
        "services.*.build.additional_contexts": .keyValues,
        "services.*.build.ssh": .ssh,
        "services.*.build.ulimits": .ulimits,
        "services.*.depends_on": .dependsOn,
        "services.*.env_file": .envFiles,
        "services.*.label_file": .textOrList,
        "services.*.gpus": .gpus,
        "services.*.networks": .names,
        "services.*.models": .names,
        "services.*.volumes": .volumes,
        "services.*.dns": .textOrList,
        "services.*.devices": .devices,
        "services.*.secrets": .references,
        "services.*.configs": .references,
        "services.*.ports": .ports,
        "services.*.ulimits": .ulimits,
        "volumes.*": .external,
        "networks.*": .external,
        "secrets.*": .external,
        "configs.*": .external,
    ])

    private static let portLimit = 100_000

    let context: LoadContext
    /// Leave what cannot be read as it is: variables are not replaced yet.
    let lenient: Bool
    private var path: [String] = []
    private var ports = 0

    init(context: LoadContext, lenient: Bool) {
        self.context = context
        self.lenient = lenient
    }

    static func apply(to document: inout Mapping, context: LoadContext, lenient: Bool) {
        var canonical = Canonical(context: context, lenient: lenient)
        canonical.apply(to: &document, rules)
    }

    private mutating func apply(to mapping: inout Mapping, _ rules: PathRules<Rule>) {
        for position in 0..<mapping.count {
            let key = mapping.entries[position].key
            guard let below = rules.next(key) else { continue }
            path.append(key)
            if let rule = below.rule {
                refuse(&mapping[position]) { canonical, node throws(LoadFailure) in
                    try canonical.rewrite(&node, rule)
                }
            }
            if case .mapping = mapping[position].value {
                var value = mapping[position]
                mapping[position].value = .null
                value.withMapping { apply(to: &$0, below) }
                mapping[position] = value
            }
            path.removeLast()
        }
    }

    /// Reports why `body` fails, and refuses the node then.
    private mutating func refuse(
        _ node: inout Node, _ body: (inout Canonical, inout Node) throws(LoadFailure) -> Void
    ) {
        do {
            try body(&self, &node)
        } catch {
            context.report(error)
            context.spoil(path)
            node.value = .refused
        }
    }

    private func failure(_ message: String, _ node: Node) -> LoadFailure {
        context.failure(message, path: joined(path), at: node.mark)
    }

    private mutating func rewrite(_ node: inout Node, _ rule: Rule) throws(LoadFailure) {
        switch rule {
        case .inside: return
        case .build:
            if let text = node.string { node.value = .mapping(Mapping(["context": Node(.string(text), node.mark)])) }
        case .text: if case .bool(let value) = node.value { node.value = .string(value ? "true" : "false") }
        case .textOrList: if node.string != nil { node.value = .sequence([node]) }
        case .names: node.value = Self.named(node, .null)
        case .dependsOn: dependsOn(&node)
        case .envFiles: envFiles(&node)
        case .gpus: gpus(&node)
        case .ports: try ports(&node)
        case .keyValues: try keyValues(&node)
        case .ssh: try ssh(&node)
        case .external: try external(&node)
        case .ulimits: try ulimits(node)
        case .references:
            node.withSequence { items in
                for index in items.indices where items[index].string != nil {
                    items[index].value = .mapping(Mapping(["source": items[index]]))
                }
            }
        case .volumes: eachItem(&node, { canonical, item throws(LoadFailure) in try canonical.volume(&item) })
        case .devices: eachItem(&node, { canonical, item throws(LoadFailure) in try canonical.device(&item) })
        }
    }

    private mutating func eachItem(
        _ node: inout Node, _ body: (inout Canonical, inout Node) throws(LoadFailure) -> Void
    ) {
        node.withSequence { items in
            path.append("")
            for index in items.indices {
                path[path.count - 1] = "[\(index)]"
                refuse(&items[index], body)
            }
            path.removeLast()
        }
    }

    private static func named(_ node: Node, _ value: Value) -> Value {
        guard let items = node.sequence else { return node.value }
        var mapping = Mapping()
        for item in items {
            if let name = item.string { mapping.set(name, value, item.mark) }
        }
        return .mapping(mapping)
    }

    private func dependsOn(_ node: inout Node) {
        node.value = Self.named(node, .mapping(.dependency))
        node.withMapping { dependencies in
            for position in 0..<dependencies.count {
                dependencies[position].withMapping { dependency in
                    if !dependency.contains("required") { dependency["required"] = Node(.bool(true)) }
                }
            }
        }
    }

    private func envFiles(_ node: inout Node) {
        if node.string != nil { node.value = .sequence([node]) }
        node.withSequence { items in
            for index in items.indices {
                if items[index].string != nil { items[index].value = .mapping(Mapping(["path": items[index]])) }
                items[index].withMapping { file in
                    if !file.contains("required") { file["required"] = Node(.bool(true)) }
                }
            }
        }
    }

    private func gpus(_ node: inout Node) {
        guard node.string != nil else { return }
        node.value = .sequence([Node(.mapping(Mapping(["count": node])), node.mark)])
    }

    private func keyValues(_ node: inout Node) throws(LoadFailure) {
        guard let items = node.sequence else { return }
        var mapping = Mapping()
        for item in items {
            guard let (key, value) = item.string?.cut("=") else {
                if lenient || item.isRefused { return }
                throw failure("\"\(item.text)\" must be KEY=VALUE", item)
            }
            mapping.set(key, .string(value), item.mark)
        }
        node.value = .mapping(mapping)
    }

    private func ssh(_ node: inout Node) throws(LoadFailure) {
        guard let items = node.sequence else { return }
        var mapping = Mapping()
        for item in items {
            let text = item.string ?? ""
            if let (key, value) = text.cut("=") {
                mapping.set(key, .string(value), item.mark)
            } else {
                guard text == "default" || item.isRefused else {
                    throw failure("\"\(text)\" must be default or ID=PATH", item)
                }
                mapping.set(text, .null, item.mark)
            }
        }
        node.value = .mapping(mapping)
    }

    private func ulimits(_ node: Node) throws(LoadFailure) {
        for entry in node.mapping?.entries ?? [] {
            switch entry.value.value {
            case .mapping, .integer, .unsigned, .refused: continue
            default:
                if lenient { continue }
                throw failure("\(entry.key) must be an integer or soft and hard", entry.value)
            }
        }
    }

    /// `external: {name: NAME}` is old for `external: true` and `name: NAME`.
    private func external(_ node: inout Node) throws(LoadFailure) {
        guard let old = node["external"], let reference = old.mapping else { return }
        let name = node["name"]
        if let oldName = reference["name"] {
            context.warn("\(joined(path)): external.name is deprecated. Please set name and external: true")
            if let name, name != oldName { throw failure("name and external.name conflict, only use name", oldName) }
        }
        node.withMapping { resource in
            resource["external"] = Node(.bool(true), old.mark)
            if name == nil, let oldName = reference["name"] { resource["name"] = oldName }
        }
    }

    private mutating func ports(_ node: inout Node) throws(LoadFailure) {
        guard let items = node.sequence else { return }
        if ports > Self.portLimit {
            // That is reported already.
            node.value = .refused
            return
        }
        var result: [Node] = []
        path.append("")
        defer { path.removeLast() }
        for (index, item) in items.enumerated() {
            path[path.count - 1] = "[\(index)]"
            switch item.value {
            case .integer, .unsigned:
                result.append(Node(.mapping(Mapping(["target": item])), item.mark))
            case .string(let text):
                do {
                    result += try Self.ports(text, item.mark)
                } catch {
                    if lenient { return }
                    context.report(error.description, path: path, at: item.mark)
                    result.append(Node(.refused, item.mark))
                }
            case .mapping, .refused: result.append(item)
            default:
                context.report("\(item.text) is not a port", path: path, at: item.mark)
                result.append(Node(.refused, item.mark))
            }
            if ports + result.count > Self.portLimit {
                ports += result.count
                throw failure("more than \(Self.portLimit) ports", item)
            }
        }
        ports += result.count
        node.value = .sequence(result)
    }

    /// The long form; the host's address stays as it is spelled.
    private static func ports(_ text: String, _ mark: Mark) throws(GrammarError) -> [Node] {
        let (mappings, address) = try PortMapping.parse(text)
        return mappings.map { port in
            var mapping = Mapping()
            mapping.set("mode", .string("ingress"), mark)
            if !address.isEmpty { mapping.set("host_ip", .string(address), mark) }
            mapping.set("target", .integer(Int64(port.containerPort)), mark)
            if let ports = port.hostPorts { mapping.set("published", .string(ports.description), mark) }
            mapping.set("protocol", .string(port.transport.rawValue), mark)
            return Node(.mapping(mapping), mark)
        }
    }

    private func volume(_ item: inout Node) throws(LoadFailure) {
        guard let text = item.string else { return }
        do {
            let mapping = try VolumeMapping(text)
            item.value = .mapping(Self.volume(mapping, item.mark))
            for option in mapping.unknownOptions {
                let guess = Spelling.suggestion(for: option, among: VolumeMapping.options)
                context.note("has an option \"\(option)\" that means nothing\(guess)", .warned, path, at: item.mark)
            }
        } catch {
            if lenient { return }
            throw failure(error.description, item)
        }
    }

    private static func volume(_ volume: VolumeMapping, _ mark: Mark) -> Mapping {
        var mapping = Mapping()
        mapping.set("type", .string(volume.isBind ? "bind" : "volume"), mark)
        switch volume.source {
        case .path(let source), .volume(let source): mapping.set("source", .string(source), mark)
        case .anonymous: break
        }
        mapping.set("target", .string(FilePath.clean(volume.target)), mark)
        if volume.readOnly { mapping.set("read_only", .bool(true), mark) }
        if volume.isBind || volume.propagation != nil || volume.selinux != nil {
            var bind = Mapping()
            if let selinux = volume.selinux { bind.set("selinux", .string(selinux.rawValue), mark) }
            if let propagation = volume.propagation { bind.set("propagation", .string(propagation.rawValue), mark) }
            if volume.isBind { bind.set("create_host_path", .bool(true), mark) }
            mapping.set("bind", .mapping(bind), mark)
        }
        // As docker compose prints it: not for a target of one or two letters that is all there is.
        let isBare = volume.source == .anonymous && volume.target.utf8.count <= 2
        if !volume.isBind && !isBare || volume.noCopy {
            mapping.set("volume", .mapping(volume.noCopy ? Mapping(["nocopy": Node(.bool(true))]) : Mapping()), mark)
        }
        return mapping
    }

    private func device(_ item: inout Node) throws(LoadFailure) {
        guard let text = item.string else { return }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3 else { throw failure("\"\(text)\" must be SOURCE[:TARGET[:PERMISSIONS]]", item) }
        var mapping = Mapping()
        mapping.set("source", .string(parts[0]), item.mark)
        mapping.set("target", .string(parts.count > 1 && !parts[1].isEmpty ? parts[1] : parts[0]), item.mark)
        mapping.set("permissions", .string(parts.count > 2 ? parts[2] : "rwm"), item.mark)
        item.value = .mapping(mapping)
    }
}

extension Substring {
    /// Without blanks at both ends.
    func trimmingSpaces() -> String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension String {
    /// What stands before and after the first `separator`; nil without one.
    func cut(_ separator: Unicode.Scalar) -> (String, String)? {
        // Not by characters: an accent that follows would be part of the separator.
        guard let index = unicodeScalars.firstIndex(of: separator) else { return nil }
        return (String(self[..<index]), String(self[unicodeScalars.index(after: index)...]))
    }
}
