public import ComposeModel
public import EngineModel

/// What there is of a project, looked up once: the planner asks the engine nothing.
public struct ObservedState: Sendable {
    /// All containers of the project, one-off ones too, in order of creation.
    public var containers: [Container]
    /// Networks by name: the project's own and those that its file names.
    public var networks: [String: Network] = [:]
    /// Volumes by name: the project's own and those that its file names.
    public var volumes: [String: Volume] = [:]
    /// By reference, as the services name them; what is missing here is not on this host.
    public var images: [String: Image] = [:]

    public init(containers: [Container] = []) {
        self.containers = containers
    }

    /// The containers of a service by their number, without one-off ones, and without those that were about to replace
    /// another one that is still there.
    public func containers(of service: String) -> [Container] {
        let all = all(of: service)
        return all.filter { new in !all.contains { new.isReplacement(of: $0) } }
    }

    /// Those that were about to replace `old` when the command that made them was interrupted, the newest last.
    func replacements(of old: Container) -> [Container] {
        all(of: old.service).filter { $0.isReplacement(of: old) }
    }

    private func all(of service: String) -> [Container] {
        containers.filter { $0.service == service && !$0.isOneOff }.sorted { $0.number < $1.number }
    }
}

/// Looks at the project's things in the engine, and at those that `project` names.
public func observe(_ project: Project, engine: any Engine) throws(EngineError) -> ObservedState {
    var state = try observe(projectNamed: project.name, engine: engine)
    for key in project.networks.keys {
        let name = project.networkName(key)
        if state.networks[name] == nil, let found = try engine.network(named: name) { state.networks[name] = found }
    }
    let needs = try observeNeeds(of: project, engine: engine)
    state.volumes.merge(needs.volumes) { $1 }
    state.images = needs.images
    return state
}

/// Looks only at what the containers of `project` are made from: its volumes and images.
public func observeNeeds(of project: Project, engine: any Engine) throws(EngineError) -> ObservedState {
    var state = ObservedState()
    for key in project.volumes.keys {
        let name = project.volumeName(key)
        if let found = try engine.volume(named: name) { state.volumes[name] = found }
    }
    for reference in Set(project.services.values.flatMap { project.imageReferences(of: $0) }) {
        if let image = try engine.image(reference) { state.images[reference] = image }
    }
    return state
}

/// Looks at everything that carries the project's label.
public func observe(projectNamed name: String, engine: any Engine) throws(EngineError) -> ObservedState {
    let label: [String: String?] = [ProjectLabel.project: name]
    var state = ObservedState(
        containers: try engine.containers(labels: label).filter { $0.labels[ProjectLabel.configHash] != nil })
    for network in try engine.networks(labels: label) { state.networks[network.name] = network }
    for volume in try engine.volumes(labels: label) { state.volumes[volume.name] = volume }
    return state
}

extension Container {
    /// The service's name; empty for a container that is not of a project.
    public var service: String { labels[ProjectLabel.service] ?? "" }
    /// Made by `compose run`, not a replica of the service.
    public var isOneOff: Bool { labels[ProjectLabel.oneOff] == "True" }
    /// Its name; without what stands before it while it replaces another one: `0123456789ab_shop-web-1`.
    var finalName: String {
        let parts = name.split(separator: "_", maxSplits: 1)
        guard labels[ProjectLabel.replace] != nil, parts.count == 2, parts[0].utf8.count == 12,
            parts[0].allSatisfy({ $0.isHexDigit && !$0.isUppercase })
        else { return name }
        return String(parts[1])
    }

    /// The name of a container that is made to replace this one, until this one is gone.
    func replacementName(_ name: String) -> String { "\(id.prefix(12))_\(name)" }

    fileprivate func isReplacement(of old: Container) -> Bool {
        number == old.number && id != old.id && name == old.replacementName(finalName)
    }

    /// From 1; 0 for one-off containers.
    public var number: Int { labels[ProjectLabel.containerNumber].flatMap { Int($0) } ?? 0 }
}

extension Project {
    /// The image that containers of `service` are made from: the given one, or that of the build.
    public func imageReference(of service: Service) -> String { service.image ?? "\(name)-\(service.name)" }

    /// All images that the containers of a service need: their own, and those that are mounted in them.
    public func imageReferences(of service: Service) -> [String] {
        [imageReference(of: service)] + service.volumes.filter { $0.kind == .image }.compactMap(\.source)
    }

    /// The network's name outside the project.
    public func networkName(_ key: String) -> String { networks[key]?.name ?? "\(name)_\(key)" }

    /// The volume's name outside the project.
    public func volumeName(_ key: String) -> String { volumes[key]?.name ?? "\(name)_\(key)" }
}
