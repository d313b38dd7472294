public import ComposeModel
internal import EngineModel

/// The services that a command is about, and their order: from the file, else from the containers' labels.
public struct ProjectScope: Sendable {
    /// nil without a file: all is known from labels.
    public let project: Project?
    /// The services to work on.
    public let services: Set<String>
    let graph: ServiceGraph

    /// - Parameter named: services named on the command line; empty is all enabled ones.
    public init(project: Project?, observed: ObservedState, named: Set<String> = []) {
        self.project = project
        if let project {
            graph = ServiceGraph(project.allServices)
            services = named.isEmpty ? Set(project.services.keys) : named
        } else {
            var dependencies: [String: [String: ServiceDependency]] = [:]
            for container in observed.containers {
                dependencies[container.service] = DependsOnLabel.parse(container.labels[ProjectLabel.dependsOn] ?? "")
            }
            graph = ServiceGraph(dependencies)
            services = named.isEmpty ? Set(dependencies.keys) : named
        }
    }

    func service(_ name: String) -> Service? { project?.allServices[name] }
}

extension Plan {
    /// Stops the running ones of `containers`, dependents before what they depend on; returns the stops by container id.
    mutating func addStops(
        of containers: [Container], _ scope: ProjectScope, timeout: Int?
    ) throws(PlanFailure) -> [String: Int] {
        var stops: [String: Int] = [:]
        var byService: [String: [Int]] = [:]
        let order = try scope.graph.order().reversed()
        let known = Set(order)
        let unknown = Set(containers.map(\.service)).subtracting(known).sorted()
        for service in unknown + order {
            var before: [Operation.Edge] = []
            for dependent in scope.graph.allDependents(of: service) {
                before += (byService[dependent] ?? []).map { .init($0) }
            }
            for container in containers where container.service == service && container.isRunning {
                let stop = addStop(container, scope.service(service), timeout: timeout, cause: "", after: before)
                stops[container.id] = stop
                byService[service, default: []].append(stop)
            }
        }
        return stops
    }
}

extension ServiceGraph {
    /// Services that depend on `name`, directly or through others that may have no containers; sorted.
    func allDependents(of name: String) -> [String] {
        var found: Set<String> = []
        var open = dependents(of: name)
        while let next = open.popLast() {
            if found.insert(next).inserted { open += dependents(of: next) }
        }
        return found.sorted()
    }
}
