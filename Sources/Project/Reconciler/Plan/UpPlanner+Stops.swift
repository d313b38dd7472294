internal import ComposeModel
internal import EngineModel

extension UpPlanner {
    /// Containers of services that the file does not have any more.
    mutating func planOrphans() throws(PlanFailure) {
        let orphans = orphanedContainers(project, observed)
        if orphans.isEmpty { return }
        if options.removeOrphans {
            for container in orphans {
                _ = planRemoval(container, nil, cause: "its service is not in the file")
            }
        } else if !options.ignoreOrphans {
            plan.warnings.append(
                "Found orphan containers ([\(orphans.map(\.name).joined(separator: " "))]) for this project. If you "
                    + "removed or renamed this service in your compose file, you can run this command with the "
                    + "--remove-orphans flag to clean it up.")
        }
    }

    /// Plans what stops before anything else of its service changes, dependents before what they depend on: surplus
    /// containers, those that restart, and those that go before their network or volume is made anew.
    mutating func planStops(_ order: [String]) throws(PlanFailure) {
        for name in order {
            guard let decision = decisions[name] else { continue }
            for container in decision.abandoned {
                let cause = "its making was interrupted"
                clearing[name, default: []].append(planRemoval(container, decision.service, cause: cause))
            }
            for (container, outcome) in decision.existing {
                switch outcome {
                case .remove(let cause): _ = planRemoval(container, decision.service, cause: cause)
                case .restart(let cause): planStop(container, decision.service, cause: cause)
                case .recreate(let cause):
                    if decision.removesFirst, container.isRunning {
                        planStop(container, decision.service, cause: cause)
                    }
                case .keep, .start, .leave: break
                }
            }
        }
    }

    private mutating func planStop(_ container: Container, _ service: Service, cause: String) {
        let before = (stopsBecauseOf[service.name] ?? []).map { Operation.Edge($0) }
        let stop = plan.addStop(container, service, timeout: options.timeout, cause: cause, after: before)
        restartStops[container.id] = stop
        for dependency in service.dependsOn.keys { stopsBecauseOf[dependency, default: []].append(stop) }
    }

    private mutating func planRemoval(_ container: Container, _ service: Service?, cause: String) -> Int {
        var edges: [Operation.Edge] = []
        if container.isRunning {
            edges = [.init(plan.addStop(container, service, timeout: options.timeout, cause: cause, after: []))]
        }
        let removal = plan.add(
            .removeContainer(container.id, volumes: false, shown: true), "Container \(container.name)",
            service: container.service, cause: cause, after: edges)
        let used = container.configuration.networks.map(\.network) + container.mounts.map(\.name)
        for resource in used.compactMap({ removals[$0] }) { plan.order(removal, before: resource) }
        return removal
    }
}

extension Plan {
    /// Stops a running container after its service's `pre_stop` hooks.
    mutating func addStop(
        _ container: Container, _ service: Service?, timeout: Int?, cause: String, after: [Operation.Edge]
    ) -> Int {
        var edges = after
        if let hooks = service?.preStop, !hooks.isEmpty, container.state == .running {
            let run = add(
                .runHooks(hooks, container: container.id, service: container.service), "Container \(container.name)",
                service: container.service, cause: "pre_stop", after: edges)
            edges = [.init(run)]
        }
        return add(
            .stopContainer(container.id, timeout: timeout, shown: true), "Container \(container.name)",
            service: container.service, cause: cause, after: edges)
    }
}

/// Containers whose service the file does not name, and one-off ones that have ended.
func orphanedContainers(_ project: Project, _ observed: ObservedState) -> [Container] {
    let services = Set(project.services.keys).union(project.disabledServices.keys)
    return observed.containers.filter { container in
        if container.isOneOff { return container.state == .exited }
        return !services.contains(container.service)
    }
}
