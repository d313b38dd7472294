internal import ComposeModel
internal import ContainerModel
internal import EngineModel

extension UpPlanner {
    /// Decides what happens to each container of a service (convergence).
    mutating func decide(_ name: String) throws(PlanFailure) {
        guard let service = project.services[name] else { return }
        let wanted = replicas(of: service)
        if let containerName = service.containerName, wanted > 1 {
            throw PlanFailure(
                "the \"\(name)\" service is using the custom container name \"\(containerName)\": "
                    + "each container needs a name of its own",
                hint: "remove the custom name to scale the service")
        }
        let template = try translation.configuration(of: service)
        var decision = ServiceDecision(
            service: service, template: template, hash: digest(ConfigurationFields.text(template)),
            imageID: observed.images[project.imageReference(of: service)]?.id ?? "")
        let existing = observed.containers(of: name)
        let changes = existing.map { container in recreationCause(container, decision) }
        let surplus = Self.surplus(existing, outdated: changes.map { $0 != nil }, wanted: wanted)
        for (index, container) in existing.enumerated() {
            decideReplacements(of: container, goesOn: changes[index] != nil && !surplus.contains(index), &decision)
        }
        for (index, container) in existing.enumerated() {
            let outcome: ContainerDecision =
                if surplus.contains(index) {
                    .remove(cause: "scaled down to \(wanted)")
                } else if let cause = changes[index] {
                    .recreate(cause: cause)
                } else {
                    try continuation(of: container, service)
                }
            decision.existing.append((container, outcome))
        }
        let kept = existing.count - surplus.count
        if kept < wanted {
            let highest = existing.enumerated().filter { !surplus.contains($0.offset) }.map(\.element.number).max() ?? 0
            decision.created = (1...(wanted - kept)).map { highest + $0 }
            decision.createCause = existing.isEmpty ? "not created yet" : "scaled up to \(wanted)"
        }
        decisions[name] = decision
    }

    /// What a command that was interrupted had begun is finished if `old` has to be replaced and the replacement is what
    /// is wanted; else it is undone. The service goes on meanwhile.
    private func decideReplacements(of old: Container, goesOn: Bool, _ decision: inout ServiceDecision) {
        var found = observed.replacements(of: old)
        let startsFirst = UpdatePolicy(decision.service.deploy?.updateConfig)?.startsFirst ?? false
        // One that does its work already does not start anew.
        let state: Container.State = startsFirst && old.state == .running ? .running : .created
        if goesOn, let last = found.last, last.state == state, recreationCause(last, decision) == nil {
            found.removeLast()
            decision.replacements[old.id] = last
        }
        decision.abandoned += found
    }

    /// Of more containers than wanted the outdated ones go first, then those with the highest numbers.
    private static func surplus(_ existing: [Container], outdated: [Bool], wanted: Int) -> Set<Int> {
        guard existing.count > wanted else { return [] }
        let order = existing.indices.sorted { left, right in
            outdated[left] == outdated[right]
                ? existing[left].number > existing[right].number : outdated[left]
        }
        return Set(order.prefix(existing.count - wanted))
    }

    /// What happens to a container that is up to date.
    private func continuation(of container: Container, _ service: Service) throws(PlanFailure) -> ContainerDecision {
        // One that a command stops which was killed, or which does not wait, is started again when it has ended.
        if container.isEnding, options.start, container.state != .paused { return .start(cause: "it is being stopped") }
        switch container.state {
        case .running, .restarting: return .keep
        case .paused:
            if !options.start { return .keep }
            throw PlanFailure(
                "container \(container.name): cannot start a paused container", hint: "unpause it first")
        case .created: return options.start ? .start(cause: "not started yet") : .leave
        case .exited where service.isJob && container.exitCode == 0: return .leave
        case .exited: return options.start ? .start(cause: "not running") : .leave
        }
    }

    /// Why a container has to be replaced; nil if it need not be.
    private func recreationCause(_ container: Container, _ decision: ServiceDecision) -> String? {
        if container.configuration.standby == true { return "another one was to take its place" }
        if options.noRecreate { return nil }
        let named = options.named.isEmpty || options.named.contains(decision.service.name)
        if options.forceRecreate && named { return "forced" }
        if options.renewAnonymousVolumes && named { return "anonymous volumes are renewed" }
        if options.alwaysRecreateDependencies && !named { return "dependencies are always recreated" }
        if container.labels[ProjectLabel.image] != decision.imageID { return "image changed" }
        let hash = container.labels[ProjectLabel.definitionHash] ?? container.labels[ProjectLabel.configHash]
        if hash == decision.hash { return nil }
        var changes = ConfigurationFields.changes(from: container.configuration, to: decision.template)
        if Set(container.configuration.networks.map(\.network)) != Set(decision.template.networks.map(\.network)) {
            changes.append("networks")
        }
        let anonymous = Set(container.mounts.filter(\.anonymous).map(\.target))
        func targets(_ mounts: [Mount]) -> Set<String> { Set(mounts.map(\.target)).subtracting(anonymous) }
        if targets(container.configuration.mounts) != targets(decision.template.mounts) { changes.append("volumes") }
        return changes.isEmpty ? "configuration changed" : changes.joined(separator: ", ") + " changed"
    }

    /// Containers that use a network or volume that is made anew are made anew too, the old ones first removed.
    mutating func markUsers(of changed: Set<String>) {
        if changed.isEmpty { return }
        for (name, decision) in decisions {
            let networks = decision.existing.flatMap { $0.container.configuration.networks.map(\.network) }
            let volumes = decision.existing.flatMap { $0.container.mounts.map(\.name) }
            let used = changed.intersection(networks + volumes)
            guard let first = used.min() else { continue }
            decisions[name]?.removesFirst = true
            // They use what goes as well.
            decisions[name]?.abandoned += decision.replacements.values.sorted { $0.id < $1.id }
            decisions[name]?.replacements = [:]
            for (index, entry) in decision.existing.enumerated() {
                if case .remove = entry.decision { continue }
                decisions[name]?.existing[index].decision = .recreate(cause: "\(first) changed")
            }
        }
    }

    /// Services whose dependency is replaced, and that ask for it with `restart: true`, are stopped before and started
    /// after.
    mutating func propagateRestarts(_ order: [String]) {
        for name in order {
            guard let decision = decisions[name], let dependencies = graph.dependencies[name] else { continue }
            let shared = decision.service.sharedServices
            for (dependency, relation) in dependencies.sorted(by: { $0.key < $1.key }) {
                for (index, entry) in decision.existing.enumerated() {
                    var outcome: ContainerDecision?
                    if shared.contains(dependency) {
                        outcome = followingOwner(of: dependency, entry)
                    } else if relation.restart, options.start, changes(dependency), case .keep = entry.decision {
                        outcome = .restart(cause: "\(dependency) is recreated")
                    }
                    if let outcome { decisions[name]?.existing[index].decision = outcome }
                }
            }
        }
    }

    /// Whether containers of a service are replaced or restarted.
    func changes(_ name: String) -> Bool {
        decisions[name]?.existing.contains { entry in
            switch entry.decision {
            case .recreate, .restart: true
            case .keep, .start, .remove, .leave: false
            }
        } ?? false
    }

    /// What happens to a container that is in the namespaces of a service's container: these end with that one's run, and
    /// its id is part of what this one was made from. nil: what was decided.
    private func followingOwner(
        of service: String, _ entry: (container: Container, decision: ContainerDecision)
    ) -> ContainerDecision? {
        switch entry.decision {
        case .recreate, .remove: return nil
        case .keep, .start, .restart, .leave: break
        }
        guard let owner = decisions[service]?.existing.first, entry.container.sharesNamespaces(of: owner.container)
        else {
            return options.noRecreate ? nil : .recreate(cause: "\(service) was recreated")
        }
        if case .recreate = owner.decision { return .recreate(cause: "\(service) is recreated") }
        guard options.start, case .keep = entry.decision else { return nil }
        switch owner.decision {
        case .restart: return .restart(cause: "\(service) is restarted")
        case .start: return .restart(cause: "\(service) is started")
        case .keep:
            guard let begin = owner.container.startedAt, let own = entry.container.startedAt, begin > own else {
                return nil
            }
            return .restart(cause: "\(service) was restarted")
        case .recreate, .remove, .leave: return nil
        }
    }
}

extension Container {
    /// Whether it was made to be in the namespaces of `other`.
    fileprivate func sharesNamespaces(of other: Container) -> Bool {
        var names: Set<String> = []
        if case .container(let name) = configuration.networkMode { names.insert(name) }
        for mode in [configuration.pid, configuration.ipc, configuration.uts, configuration.cgroup] {
            if case .container(let name) = mode { names.insert(name) }
        }
        return names.contains(other.id) || names.contains(other.finalName)
    }
}
