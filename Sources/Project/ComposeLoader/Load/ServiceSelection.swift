public import ComposeModel
internal import Primitives

extension Service {
    /// Whether one of the profiles enables the service; without profiles of its own it always is.
    func isEnabled(by active: [String]) -> Bool {
        profiles.isEmpty || active.contains("*") || profiles.contains { active.contains($0) }
    }
}

extension Project {
    /// Enables the services that the profiles ask for, and disables the others.
    public mutating func activate(profiles active: [String]) {
        profiles = active
        let disabled = services.filter { !$0.value.isEnabled(by: active) }
        if !disabled.isEmpty {
            services = services.filter { $0.value.isEnabled(by: active) }
            disabledServices.merge(disabled) { _, later in later }
        }
        for name in disabledServices.keys where disabledServices[name]?.isEnabled(by: active) == true {
            services[name] = disabledServices.removeValue(forKey: name)
        }
    }

    /// Activates the profiles of services that are disabled so far, as naming them on the command line does.
    public mutating func enable(_ names: [String]) {
        let implied = names.filter { services[$0] == nil }.flatMap { disabledServices[$0]?.profiles ?? [] }
        if !implied.isEmpty { activate(profiles: profiles + implied) }
    }

    /// Keeps the named services and, as `policy` says, those they depend on or that depend on them; the others are
    /// disabled and no longer depended on. No names keep all.
    ///
    /// - Throws: when there is no such service.
    public mutating func select(_ names: [String], _ policy: LoadOptions.DependencyPolicy) throws(LoadFailure) {
        guard !names.isEmpty else { return }
        var kept: Set<String> = []
        var open = names
        while let name = open.popLast() {
            guard let service = services[name] else { throw noService(name) }
            guard kept.insert(name).inserted else { continue }
            switch policy {
            case .none: continue
            case .dependencies:
                for (other, dependency) in service.dependsOn where services[other] != nil || dependency.required {
                    open.append(other)
                }
            case .dependents:
                open += services.values.filter { $0.dependsOn[name] != nil }.map(\.name)
            }
        }
        for name in services.keys where !kept.contains(name) {
            disabledServices[name] = services.removeValue(forKey: name)
        }
        for name in kept {
            guard let dependsOn = services[name]?.dependsOn else { continue }
            services[name]?.dependsOn = dependsOn.filter { kept.contains($0.key) }
        }
    }

    private func noService(_ name: String) -> LoadFailure {
        LoadFailure("no such service: \(name)\(Spelling.suggestion(for: name, among: services.keys.sorted()))")
    }

    /// Drops networks, volumes, secrets, configs and models that no enabled service uses.
    public mutating func dropUnusedResources() {
        var used: (networks: Set<String>, volumes: Set<String>, secrets: Set<String>, configs: Set<String>) =
            ([], [], [], [])
        var usedModels: Set<String> = []
        for service in services.values {
            used.networks.formUnion(service.networks.keys)
            used.volumes.formUnion(service.volumes.filter { $0.kind == .volume }.compactMap(\.source))
            used.secrets.formUnion(service.secrets.map(\.source))
            used.secrets.formUnion(service.build?.secrets.map(\.source) ?? [])
            used.configs.formUnion(service.configs.map(\.source))
            usedModels.formUnion(service.models.keys)
        }
        networks = networks.filter { used.networks.contains($0.key) }
        volumes = volumes.filter { used.volumes.contains($0.key) }
        secrets = secrets.filter { used.secrets.contains($0.key) }
        configs = configs.filter { used.configs.contains($0.key) }
        models = models.filter { usedModels.contains($0.key) }
    }
}
