public import ComposeModel

/// What depends on what among services.
struct ServiceGraph {
    /// By service: what it depends on. Only services of the graph are named.
    let dependencies: [String: [String: ServiceDependency]]

    init(_ services: [String: Service]) {
        dependencies = services.mapValues { service in service.dependsOn.filter { services[$0.key] != nil } }
    }

    init(_ dependencies: [String: [String: ServiceDependency]]) {
        self.dependencies = dependencies.mapValues { $0.filter { dependencies[$0.key] != nil } }
    }

    /// All services, each after those that it depends on; the same for the same graph.
    func order() throws(PlanFailure) -> [String] {
        var order: [String] = []
        var done: Set<String> = []
        var path: [String] = []
        for name in dependencies.keys.sorted() { try visit(name, &path, &done, &order) }
        return order
    }

    private func visit(
        _ name: String, _ path: inout [String], _ done: inout Set<String>, _ order: inout [String]
    ) throws(PlanFailure) {
        if done.contains(name) { return }
        if let start = path.firstIndex(of: name) {
            throw PlanFailure("dependency cycle detected: \((path[start...] + [name]).joined(separator: " -> "))")
        }
        path.append(name)
        for dependency in (dependencies[name] ?? [:]).keys.sorted() { try visit(dependency, &path, &done, &order) }
        path.removeLast()
        done.insert(name)
        order.append(name)
    }

    /// The services that depend on `name` themselves, sorted.
    func dependents(of name: String) -> [String] {
        dependencies.filter { $0.value[name] != nil }.keys.sorted()
    }
}

/// The enabled services of a project that a program provides instead of containers (`provider`), each after those that
/// it depends on.
public func providedServices(of project: Project) throws(PlanFailure) -> [Service] {
    if !project.services.values.contains(where: { $0.provider != nil }) { return [] }
    return try ServiceGraph(project.services).order().compactMap { project.services[$0] }.filter { $0.provider != nil }
}

/// The label that lets commands order services without a file.
enum DependsOnLabel {
    static func text(_ dependencies: [String: ServiceDependency]) -> String {
        dependencies.sorted { $0.key < $1.key }
            .map { "\($0.key):\($0.value.condition.rawValue):\($0.value.restart)" }.joined(separator: ",")
    }

    static func parse(_ text: String) -> [String: ServiceDependency] {
        var result: [String: ServiceDependency] = [:]
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: ":").map(String.init)
            guard let name = parts.first else { continue }
            let condition = parts.count > 1 ? ServiceDependency.Condition(rawValue: parts[1]) : nil
            result[name] = ServiceDependency(
                condition: condition ?? .started, restart: parts.count > 2 && parts[2] == "true")
        }
        return result
    }
}
