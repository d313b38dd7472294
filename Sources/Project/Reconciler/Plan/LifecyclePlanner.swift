internal import ComposeModel
public import EngineModel
public import Primitives

/// Plans of the commands that change the state of existing containers.
public enum LifecyclePlanner {
    /// Stops the services' running containers, dependents first.
    public static func stop(
        _ scope: ProjectScope, _ observed: ObservedState, timeout: Int?
    ) throws(PlanFailure) -> Plan {
        var plan = Plan()
        let containers = observed.containers.filter { scope.services.contains($0.service) && !$0.isOneOff }
        _ = try plan.addStops(of: containers, scope, timeout: timeout)
        return plan
    }

    /// Starts the services' stopped containers, and those of services that they depend on, once their dependencies are
    /// as far as asked.
    public static func start(_ scope: ProjectScope, _ observed: ObservedState) throws(PlanFailure) -> Plan {
        let order = try scope.graph.order()
        var services = scope.services
        for name in order.reversed() where services.contains(name) {
            services.formUnion((scope.graph.dependencies[name] ?? [:]).keys)
        }
        var planner = StartPlanner(scope: scope, observed: observed)
        for name in order where services.contains(name) { planner.start(name) }
        return planner.plan
    }

    /// After a boot of the machine: starts what its restart policy wants, in the services' order. Whatever a dependency
    /// comes to, what waits for it is started in the end; nobody is there to try again.
    ///
    /// - Parameters:
    ///   - boot: When the machine began to run.
    ///   - running: Ids of containers that ran when the machine was shut down in order; empty after a power cut.
    public static func boot(
        _ scope: ProjectScope, _ observed: ObservedState, since boot: Instant, running: Set<String> = []
    ) throws(PlanFailure) -> Plan {
        let wanted = observed.containers.filter { $0.isWantedAfter(boot, wasRunning: running.contains($0.id)) }
        var planner = StartPlanner(scope: scope, observed: observed)
        planner.wanted = Set(wanted.map(\.id))
        for name in try scope.graph.order() { planner.start(name) }
        return planner.plan
    }

    /// Stops and starts the services' containers, each service after those that it depends on; with `dependents` also
    /// those that ask for it with `restart: true`.
    public static func restart(
        _ scope: ProjectScope, _ observed: ObservedState, timeout: Int?, dependents: Bool
    ) throws(PlanFailure) -> Plan {
        var services = scope.services
        let order = try scope.graph.order()
        if dependents {
            for name in order {
                let relations = scope.graph.dependencies[name] ?? [:]
                if relations.contains(where: { $0.value.restart && services.contains($0.key) }) {
                    services.insert(name)
                }
            }
        }
        var plan = Plan()
        var last: [String: [Int]] = [:]
        for name in order where services.contains(name) {
            let before = (scope.graph.dependencies[name] ?? [:]).keys.sorted()
                .flatMap { last[$0] ?? [] }.map { Operation.Edge($0) }
            for container in observed.containers(of: name) {
                let service = scope.service(name)
                last[name, default: []].append(
                    plan.addRestart(container, service, timeout: timeout, after: before))
            }
        }
        return plan
    }

    /// The same operation on each of `containers`, in no order.
    public static func each(
        _ containers: [Container], _ action: (Container) -> Operation.Action
    ) -> Plan {
        var plan = Plan()
        for container in containers {
            _ = plan.add(action(container), "Container \(container.name)", service: container.service)
        }
        return plan
    }
}

extension Plan {
    fileprivate mutating func addRestart(
        _ container: Container, _ service: Service?, timeout: Int?, after: [Operation.Edge]
    ) -> Int {
        let resource = "Container \(container.name)"
        var edges = after
        if let hooks = service?.preStop, !hooks.isEmpty, container.state == .running {
            let run = add(
                .runHooks(hooks, container: container.id, service: container.service), resource,
                service: container.service, cause: "pre_stop", after: edges)
            edges = [.init(run)]
        }
        let restart = add(
            .restartContainer(container.id, timeout: timeout), resource, service: container.service, after: edges)
        guard let hooks = service?.postStart, !hooks.isEmpty else { return restart }
        return add(
            .runHooks(hooks, container: container.id, service: container.service), resource,
            service: container.service, cause: "post_start", after: [.init(restart)])
    }
}

extension Container {
    /// Docker's rule for its daemon's start: `always` means always, `unless-stopped` what ran until the machine ended.
    fileprivate func isWantedAfter(_ boot: Instant, wasRunning: Bool) -> Bool {
        guard state == .exited else { return false }
        let ran = wasRunning || endedWithMachine
        return switch configuration.restart {
        case .always: ran || finishedAt.map { $0 <= boot } ?? false
        case .unlessStopped: ran
        case .no, .onFailure: false
        }
    }
}

private struct StartPlanner {
    let scope: ProjectScope
    let observed: ObservedState
    /// Ids of the only containers to start, of which none fails for another's sake; nil for all.
    var wanted: Set<String>?
    var plan = Plan()
    var last: [String: [Int]] = [:]
    var waits: [String: Int] = [:]

    mutating func start(_ name: String) {
        for container in observed.containers(of: name) where !container.isRunning || container.isEnding {
            if let wanted, !wanted.contains(container.id) { continue }
            let edges = dependencyEdges(of: name)
            let resource = "Container \(container.name)"
            var operation = plan.add(.startContainer(container.id), resource, service: name, after: edges)
            if let hooks = scope.service(name)?.postStart, !hooks.isEmpty {
                operation = plan.add(
                    .runHooks(hooks, container: container.id, service: name), resource, service: name,
                    cause: "post_start", after: [.init(operation)])
            }
            last[name, default: []].append(operation)
        }
    }

    private mutating func dependencyEdges(of name: String) -> [Operation.Edge] {
        var edges: [Operation.Edge] = []
        let relations = scope.graph.dependencies[name] ?? [:]
        for (dependency, relation) in relations.sorted(by: { $0.key < $1.key }) {
            let containers = observed.containers(of: dependency)
            if containers.isEmpty { continue }
            let started = last[dependency] ?? []
            let optional = !relation.required || wanted != nil
            // After a boot nobody knows any more how a dependency ended that was to complete.
            let isToCome = wanted == nil || relation.condition == .healthy && !started.isEmpty
            if relation.condition == .started || !isToCome {
                edges += started.map { .init($0, optional ? .attempt : .success) }
                continue
            }
            let key = "\(dependency) \(relation.condition.rawValue)"
            let wait =
                waits[key]
                ?? plan.add(
                    .wait(relation.condition, service: dependency, containers: containers.map(\.name)),
                    "Container \(containers[0].name)", service: dependency, after: started.map { .init($0) })
            waits[key] = wait
            edges.append(.init(wait, optional ? .attempt : .success))
        }
        return edges
    }
}
