public import ComposeModel
internal import EngineModel

/// Plans how to get from what is there to what the file asks for. Pure: the same input gives the same plan.
///
/// - Parameter digest: SHA-256 as hexadecimal digits, for the `config-hash` labels.
public func planUp(
    _ project: Project, _ observed: ObservedState, _ options: UpOptions, digest: @escaping (String) -> String
) throws(PlanFailure) -> Plan {
    var planner = try UpPlanner(project, observed, options, digest)
    return try planner.make()
}

/// What happens to one existing container.
enum ContainerDecision {
    case keep
    case start(cause: String)
    /// Stopped and started around the change of something that it depends on.
    case restart(cause: String)
    case recreate(cause: String)
    case remove(cause: String)
    /// Not running, and nothing is to be started.
    case leave

    /// Empty for what needs none.
    var cause: String {
        switch self {
        case .keep, .leave: ""
        case .start(let cause), .restart(let cause), .recreate(let cause), .remove(let cause): cause
        }
    }
}

/// A service with what is decided about its containers.
struct ServiceDecision {
    var service: Service
    var template: ContainerConfiguration
    var hash: String
    var imageID: String
    var existing: [(container: Container, decision: ContainerDecision)] = []
    /// Containers that were made to replace one of `existing` by a command that was interrupted, and are as they should
    /// be, by that one's id.
    var replacements: [String: Container] = [:]
    /// Others that were made so: they go.
    var abandoned: [Container] = []
    /// Numbers of new replicas.
    var created: [Int] = []
    var createCause = ""
    /// A network or volume that it uses is made anew, so its old containers go first.
    var removesFirst = false

    /// Containers that will be there afterwards.
    var count: Int {
        created.count + existing.count { if case .remove = $0.decision { false } else { true } }
    }
}

/// The state of planning; the steps are in extensions.
struct UpPlanner {
    let project: Project
    let observed: ObservedState
    let options: UpOptions
    let digest: (String) -> String
    let names: ContainerNames
    let graph: ServiceGraph
    var plan = Plan()
    var translation: ServiceTranslation
    var decisions: [String: ServiceDecision] = [:]

    /// Operations that make a network or volume, by its name.
    var networkOperations: [String: Int] = [:]
    var volumeOperations: [String: Int] = [:]
    /// Operations that remove what is made anew; the containers that use it are removed before.
    var removals: [String: Int] = [:]
    /// After which operation a container that is made here has its final name.
    var ready: [String: Int] = [:]
    /// By service: the operations after which all of its containers run.
    var finals: [String: [Int]] = [:]
    var waits: [String: Int] = [:]
    /// Stops of containers that are restarted because of a service, by that service.
    var stopsBecauseOf: [String: [Int]] = [:]
    var restartStops: [String: Int] = [:]
    /// Removals of containers whose names others will have, by service.
    var clearing: [String: [Int]] = [:]

    init(
        _ project: Project, _ observed: ObservedState, _ options: UpOptions, _ digest: @escaping (String) -> String
    ) throws(PlanFailure) {
        self.project = project
        self.observed = observed
        self.options = options
        self.digest = digest
        var existing: [String: [Int: String]] = [:]
        for container in observed.containers where !container.isOneOff {
            existing[container.service, default: [:]][container.number] = container.finalName
        }
        names = ContainerNames(project: project.name, separator: options.separator, existing: existing)
        graph = ServiceGraph(project.services)
        translation = ServiceTranslation(project, names: names)
    }

    mutating func make() throws(PlanFailure) -> Plan {
        let order = try graph.order()
        try refuseGaps(in: project)
        try checkNames()
        try checkImages(order)
        for name in order {
            if name == options.oneOff { try decideOneOff(name) } else { try decide(name) }
        }
        try checkPorts()
        let changed = try planResources()
        markUsers(of: changed)
        propagateRestarts(order)
        try planOrphans()
        try planStops(order.reversed())
        for name in order {
            if name == options.oneOff, let service = project.services[name] {
                _ = dependencyEdges(of: service)
            } else {
                try planService(name)
            }
        }
        plan.warnings = translation.warnings + plan.warnings
        return plan
    }

    private func checkNames() throws(PlanFailure) {
        var seen: [String: String] = [:]
        for name in project.serviceNames {
            guard let containerName = project.services[name]?.containerName else { continue }
            if let other = seen[containerName] {
                throw PlanFailure(
                    "container name \"\(containerName)\" is already in use by service \(other) and service \(name)")
            }
            seen[containerName] = name
        }
    }

    private func checkImages(_ order: [String]) throws(PlanFailure) {
        var missing: [String] = []
        for name in order {
            guard let service = project.services[name], replicas(of: service) > 0 || name == options.oneOff else {
                continue
            }
            for reference in project.imageReferences(of: service)
            where observed.images[reference] == nil && !missing.contains(reference) { missing.append(reference) }
        }
        guard let first = missing.first else { return }
        throw PlanFailure(
            missing.count == 1
                ? "image \(first): it is not on this host"
                : "images that are not on this host: \(missing.joined(separator: ", "))",
            hint: "pull it with `compose pull`, build it with `compose build`, or load it with `compose image load`")
    }

    func replicas(of service: Service) -> Int {
        options.scale[service.name] ?? service.replicas
    }
}
