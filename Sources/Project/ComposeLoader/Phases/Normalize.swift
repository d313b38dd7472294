import YAML

/// Makes explicit what a project has without saying: the default network, implied dependencies, names.
struct Normalize {
    let context: LoadContext
    let projectName: String
    let environment: [String: String]

    func apply(to document: inout Mapping) {
        var usesDefault = false
        document["services"]?.withMapping { services in
            for position in 0..<services.count {
                services[position].withMapping { service in
                    if attachDefaultNetwork(&service) { usesDefault = true }
                    normalize(&service)
                }
            }
        }
        if usesDefault {
            if document["networks"]?.mapping == nil { document["networks"] = Node(.mapping(Mapping())) }
            document["networks"]?.withMapping { networks in
                if !networks.contains("default") { networks["default"] = Node(.null) }
            }
        }
        for kind in ["networks", "volumes", "configs", "secrets"] {
            document[kind]?.withMapping { resources in
                for position in 0..<resources.count { name(&resources[position], resources.entries[position].key) }
            }
        }
    }

    private func attachDefaultNetwork(_ service: inout Mapping) -> Bool {
        if service.contains("provider") || service.contains("network_mode") { return false }
        guard let networks = service["networks"]?.mapping, !networks.isEmpty else {
            service["networks"] = Node(.mapping(Mapping(["default": Node(.null)])))
            return true
        }
        return networks.contains("default")
    }

    private func name(_ node: inout Node, _ key: String) {
        if node.mapping == nil { node.value = .mapping(Mapping()) }
        node.withMapping { resource in
            guard resource["name"] == nil || resource["name"]?.isNull == true else { return }
            let external = resource["external"]?.text == "true"
            resource["name"] = Node(.string(external ? key : "\(projectName)_\(key)"))
        }
    }

    private func normalize(_ service: inout Mapping) {
        if service["pull_policy"]?.string == "if_not_present" { service["pull_policy"]?.value = .string("missing") }
        service["build"]?.withMapping { build in
            if build["context"] == nil { build["context"] = Node(.string(".")) }
            if build["dockerfile"] == nil, build["dockerfile_inline"] == nil {
                build["dockerfile"] = Node(.string("Dockerfile"))
            }
            if let args = build["args"] { build["args"] = Node(resolved(args, keepEmpty: false), args.mark) }
        }
        if let variables = service["environment"] {
            service["environment"] = Node(resolved(variables, keepEmpty: true), variables.mark)
        }
        service["volumes"]?.withSequence { volumes in
            for index in volumes.indices {
                volumes[index].withMapping { volume in
                    if let target = volume["target"]?.string {
                        volume["target"]?.value = .string(FilePath.clean(target))
                    }
                }
            }
        }
        addDependencies(&service)
    }

    /// Variables without a value get the project's; those that have none there stay empty or are dropped.
    private func resolved(_ node: Node, keepEmpty: Bool) -> Value {
        switch node.value {
        case .sequence(let items):
            return .sequence(
                items.compactMap { item in
                    guard let text = item.string, !text.utf8.contains(UInt8(ascii: "=")) else { return item }
                    if let value = environment[text] { return Node(.string("\(text)=\(value)"), item.mark) }
                    return keepEmpty ? item : nil
                })
        case .mapping(var mapping):
            for position in 0..<mapping.count where mapping[position].isNull {
                if let value = environment[mapping.entries[position].key] { mapping[position].value = .string(value) }
            }
            if !keepEmpty { mapping.removeAll { $0.value.isNull } }
            return .mapping(mapping)
        case let value: return value
        }
    }

    private func addDependencies(_ service: inout Mapping) {
        var implied: [(name: String, restart: Bool, mark: Mark)] = []
        for link in service["links"]?.sequence ?? [] {
            guard let text = link.string else { continue }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            implied.append((parts.count == 2 ? String(parts[0]) : text, true, link.mark))
        }
        for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
            guard let mode = service[key], let text = mode.string, text.hasPrefix("service:") else { continue }
            implied.append((String(text.dropFirst(8)), true, mode.mark))
        }
        for source in service["volumes_from"]?.sequence ?? [] {
            guard let text = source.string, !text.hasPrefix("container:") else { continue }
            implied.append((String(text.prefix { $0 != ":" }), false, source.mark))
        }
        guard !implied.isEmpty else { return }
        if service["depends_on"]?.mapping == nil { service["depends_on"] = Node(.mapping(Mapping())) }
        service["depends_on"]?.withMapping { dependencies in
            for (name, restart, mark) in implied where !dependencies.contains(name) {
                var dependency = Mapping.dependency
                dependency["restart"] = Node(.bool(restart))
                dependencies.set(name, .mapping(dependency), mark)
            }
        }
    }
}
