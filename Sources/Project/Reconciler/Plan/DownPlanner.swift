public import ComposeModel
internal import EngineModel

/// What `down` takes away besides the services' containers and the project's networks.
public struct DownOptions: Sendable {
    /// `--rmi`.
    public enum Images: String, Sendable {
        case none, local, all
    }

    /// Services named on the command line; empty is all.
    public var named: Set<String> = []
    /// One-off containers and those of services that the file does not have.
    public var removeOrphans = false
    /// `--volumes`: the project's named volumes, and the containers' anonymous ones.
    public var removeVolumes = false
    /// Which images of the services are removed, too.
    public var removeImages = Images.none
    /// Seconds for a container to stop; nil: its own.
    public var timeout: Int?

    public init() {}
}

/// Plans the removal of a project.
///
/// - Parameter project: nil takes everything that carries the project's label.
public func planDown(
    _ project: Project?, named name: String, _ observed: ObservedState, _ options: DownOptions
) throws(PlanFailure) -> Plan {
    var planner = DownPlanner(project: project, name: name, observed: observed, options: options)
    return try planner.make()
}

private struct DownPlanner {
    let project: Project?
    let name: String
    let observed: ObservedState
    let options: DownOptions
    var plan = Plan()
    /// Removals of containers, by container id.
    var removals: [String: Int] = [:]

    mutating func make() throws(PlanFailure) -> Plan {
        let scope = ProjectScope(project: project, observed: observed, named: options.named)
        let containers = observed.containers.filter { container in
            if options.removeOrphans && options.named.isEmpty && isOrphan(container) { return true }
            if container.isOneOff { return project == nil && options.removeOrphans }
            return scope.services.contains(container.service)
        }
        try planContainers(containers, scope)
        planNetworks()
        if options.removeVolumes && options.named.isEmpty { planVolumes() }
        planImages(containers)
        return plan
    }

    private func isOrphan(_ container: Container) -> Bool {
        container.isOneOff || !(project?.allServices.keys.contains(container.service) ?? true)
    }

    private mutating func planContainers(_ containers: [Container], _ scope: ProjectScope) throws(PlanFailure) {
        let stops = try plan.addStops(of: containers, scope, timeout: options.timeout)
        for container in containers {
            let before = stops[container.id].map { [Operation.Edge($0)] } ?? []
            removals[container.id] = plan.add(
                .removeContainer(container.id, volumes: options.removeVolumes, shown: true),
                "Container \(container.name)", service: container.service, after: before)
        }
    }

    private func users(of isUsed: (Container) -> Bool) -> [Operation.Edge] {
        observed.containers.filter(isUsed).compactMap { removals[$0.id] }.map { Operation.Edge($0) }
    }

    private mutating func planNetworks() {
        for name in observed.networks.keys.sorted() {
            guard let network = observed.networks[name], isOurs(network.configuration.labels) else { continue }
            if let project {
                guard let key = network.configuration.labels[ProjectLabel.network],
                    project.networks[key].map({ !$0.external }) ?? false
                else { continue }
            }
            let before = users { $0.configuration.networks.contains { $0.network == name } }
            _ = plan.add(.removeNetwork(name), "Network \(name)", after: before)
        }
    }

    private mutating func planVolumes() {
        for name in observed.volumes.keys.sorted() {
            guard let volume = observed.volumes[name], !volume.anonymous else { continue }
            let labels = volume.configuration.labels
            if let project {
                guard project.volumes.contains(where: { !$0.value.external && project.volumeName($0.key) == name })
                else { continue }
            } else if !isOurs(labels) {
                continue
            }
            let before = users { $0.mounts.contains { $0.name == name } }
            _ = plan.add(.removeVolume(name), "Volume \(name)", after: before)
        }
    }

    private mutating func planImages(_ containers: [Container]) {
        guard options.removeImages != .none else { return }
        var references: Set<String> = []
        for service in (project?.services ?? [:]).values {
            if options.removeImages == .all || service.image == nil {
                references.insert(project?.imageReference(of: service) ?? "")
            }
        }
        if project == nil && options.removeImages == .all {
            references = Set(containers.map(\.configuration.image))
        }
        let all = removals.values.sorted().map { Operation.Edge($0) }
        for reference in references.sorted() where project == nil || observed.images[reference] != nil {
            _ = plan.add(.removeImage(reference), "Image \(reference)", after: all)
        }
    }

    private func isOurs(_ labels: [String: String]) -> Bool {
        labels[ProjectLabel.project] == name
    }
}
