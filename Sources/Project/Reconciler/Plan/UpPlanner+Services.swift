internal import ComposeModel
internal import ContainerModel
internal import EngineModel

extension UpPlanner {
    /// Plans the containers of one service; those that it depends on were planned before.
    mutating func planService(_ name: String) throws(PlanFailure) {
        guard let decision = decisions[name] else { return }
        var last: [Int] = []
        let updates = updated(decision)
        for (container, outcome) in decision.existing
        where !updates.containers.contains(where: { $0.id == container.id }) {
            let before = planName(of: container, outcome)
            switch outcome {
            case .keep:
                let resource = "Container \(container.finalName)"
                last.append(
                    plan.add(.keep(container.finalName), resource, service: name, cause: "up to date", after: before))
            case .leave: break
            case .remove: break  // planned with the stops
            case .start(let cause):
                last.append(planStart(container.finalName, decision.service, cause: cause, after: before))
            case .restart(let cause):
                let stop = restartStops[container.id].map { [Operation.Edge($0)] } ?? []
                last.append(planStart(container.finalName, decision.service, cause: cause, after: before + stop))
            case .recreate(let cause):
                let made = planRecreation(container, decision, cause: cause)
                if options.start {
                    let name = finalName(container.number, decision.service)
                    last.append(planStart(name, decision.service, cause: "recreated", after: [.init(made)]))
                }
            }
        }
        if let policy = updates.policy, let first = updates.containers.first {
            let cause = decision.existing.first { $0.container.id == first.id }?.decision.cause ?? ""
            last += planUpdate(updates.containers, decision, policy, cause: cause)
        }
        for number in decision.created {
            let name = finalName(number, decision.service)
            let made = plan.add(
                .createContainer(configuration(number, decision, name: name), replacing: false), "Container \(name)",
                service: decision.service.name, cause: decision.createCause, after: prerequisites(of: decision))
            ready[name] = made
            if options.start {
                last.append(planStart(name, decision.service, cause: "created", after: [.init(made)]))
            }
        }
        finals[name] = last
    }

    /// The containers that are replaced as the service's `update_config` says.
    private func updated(_ decision: ServiceDecision) -> (containers: [Container], policy: UpdatePolicy?) {
        guard let policy = UpdatePolicy(decision.service.deploy?.updateConfig), options.start, !decision.removesFirst
        else { return ([], nil) }
        let containers = decision.existing.filter { entry in
            if case .recreate = entry.decision { true } else { false }
        }
        return (containers.map(\.container), policy)
    }

    /// Gives a container that stays the name that a command which was interrupted did not give it any more.
    private mutating func planName(of container: Container, _ outcome: ContainerDecision) -> [Operation.Edge] {
        switch outcome {
        case .remove, .recreate: return []
        case .keep, .start, .restart, .leave: break
        }
        if container.name == container.finalName { return [] }
        let rename = plan.add(
            .renameContainer(container.id, to: container.finalName), "Container \(container.finalName)",
            service: container.service, cause: "its making was interrupted")
        ready[container.finalName] = rename
        return [.init(rename)]
    }

    func finalName(_ number: Int, _ service: Service) -> String {
        names.name(number, of: service)
    }

    /// What has to be there before a container of the service can be made.
    func prerequisites(of decision: ServiceDecision) -> [Operation.Edge] {
        let template = decision.template
        var operations = template.networks.compactMap { networkOperations[$0.network] }
        for mount in template.mounts {
            if case .volume(let name, _, _) = mount.kind, let made = volumeOperations[name] { operations.append(made) }
        }
        var containers = template.volumesFrom.map { String($0.split(separator: ":")[0]) }
        if case .container(let name) = template.networkMode { containers.append(name) }
        for mode in [template.pid, template.ipc, template.uts, template.cgroup] {
            if case .container(let name) = mode { containers.append(name) }
        }
        operations += containers.compactMap { ready[$0] }
        operations += clearing[decision.service.name] ?? []
        return Array(Set(operations)).sorted().map { Operation.Edge($0) }
    }

    /// A new container in place of `old`; returns the operation after which it has its name.
    private mutating func planRecreation(_ old: Container, _ decision: ServiceDecision, cause: String) -> Int {
        let service = decision.service.name
        let name = finalName(old.number, decision.service)
        let resource = "Container \(name)"
        var wanted = configuration(old.number, decision, name: name)
        wanted.labels[ProjectLabel.replace] = old.name
        if !options.renewAnonymousVolumes { Self.inheritAnonymousVolumes(of: old, into: &wanted) }
        let stop = restartStops[old.id]
        if decision.removesFirst {
            var before = stop.map { [Operation.Edge($0)] } ?? []
            before += (stopsBecauseOf[service] ?? []).map { .init($0) }
            let removal = plan.add(
                .removeContainer(old.id, volumes: options.renewAnonymousVolumes, shown: true), resource,
                service: service, cause: cause, after: before)
            for resource in usedRemovals(of: old) { plan.order(removal, before: resource) }
            let made = plan.add(
                .createContainer(wanted, replacing: false), resource, service: service, cause: cause,
                after: prerequisites(of: decision) + [.init(removal)])
            ready[name] = made
            return made
        }
        wanted.name = old.replacementName(name)
        var removable: [Operation.Edge] = []
        let replacement = decision.replacements[old.id]
        if replacement == nil {
            let made = plan.add(
                .createContainer(wanted, replacing: true), resource, service: service, cause: cause,
                after: prerequisites(of: decision))
            removable = [.init(made)]
        }
        removable += (stopsBecauseOf[service] ?? []).map { .init($0) }
        if old.isRunning {
            let stop = plan.add(
                .stopContainer(old.id, timeout: options.timeout, shown: false), resource, service: service,
                cause: "recreated", after: removable)
            removable = [.init(stop)]
        }
        let removal = plan.add(
            .removeContainer(old.id, volumes: options.renewAnonymousVolumes, shown: false), resource,
            service: service, cause: "recreated", after: removable)
        let rename = plan.add(
            .renameContainer(replacement?.id ?? wanted.name, to: name), resource, service: service, cause: "recreated",
            after: [.init(removal)])
        ready[name] = rename
        return rename
    }

    private func usedRemovals(of container: Container) -> [Int] {
        (container.configuration.networks.map(\.network) + container.mounts.map(\.name)).compactMap { removals[$0] }
    }

    static func inheritAnonymousVolumes(of old: Container, into wanted: inout ContainerConfiguration) {
        for point in old.mounts where point.anonymous {
            let mount = Mount(
                kind: .volume(name: point.name, noCopy: true, subpath: nil), target: point.target,
                readOnly: point.readOnly)
            if let index = wanted.mounts.firstIndex(where: { $0.target == point.target }) {
                if case .anonymousVolume = wanted.mounts[index].kind { wanted.mounts[index] = mount }
            } else {
                wanted.mounts.append(mount)
            }
        }
    }

    /// Starts a container once its service's dependencies are as far as asked; returns the last operation.
    private mutating func planStart(
        _ container: String, _ service: Service, cause: String, after: [Operation.Edge]
    ) -> Int {
        var edges = after
        for edge in dependencyEdges(of: service) where !edges.contains(edge) { edges.append(edge) }
        let start = plan.add(
            .startContainer(container), "Container \(container)", service: service.name, cause: cause, after: edges)
        if service.postStart.isEmpty { return start }
        return plan.add(
            .runHooks(service.postStart, container: container, service: service.name), "Container \(container)",
            service: service.name, cause: "post_start", after: [.init(start)])
    }

    mutating func dependencyEdges(of service: Service) -> [Operation.Edge] {
        var edges: [Operation.Edge] = []
        for (name, dependency) in service.dependsOn.sorted(by: { $0.key < $1.key }) {
            guard let other = decisions[name], other.count > 0, let last = finals[name] else { continue }
            if dependency.condition == .started {
                edges += last.map { .init($0, dependency.required ? .success : .attempt) }
            } else {
                let wait = wait(dependency.condition, other, after: last)
                edges.append(.init(wait, dependency.required ? .success : .attempt))
            }
        }
        return edges
    }

    /// One wait for all services that ask for the same.
    private mutating func wait(
        _ condition: ServiceDependency.Condition, _ decision: ServiceDecision, after: [Int]
    ) -> Int {
        let key = "\(decision.service.name) \(condition.rawValue)"
        if let known = waits[key] { return known }
        var containers: [String] = []
        for (container, outcome) in decision.existing {
            switch outcome {
            case .remove: break
            case .recreate: containers.append(finalName(container.number, decision.service))
            case .keep, .start, .restart, .leave: containers.append(container.finalName)
            }
        }
        containers += decision.created.map { finalName($0, decision.service) }
        let operation = plan.add(
            .wait(condition, service: decision.service.name, containers: containers),
            "Container \(containers.first ?? decision.service.name)", service: decision.service.name,
            cause: "others depend on it", after: after.map { .init($0) })
        waits[key] = operation
        return operation
    }

    /// The configuration of replica `number`.
    func configuration(_ number: Int, _ decision: ServiceDecision, name: String) -> ContainerConfiguration {
        var result = decision.template
        result.name = name
        for index in result.networks.indices where decision.service.networkMode == nil {
            result.networks[index].aliases = [name, decision.service.name] + result.networks[index].aliases
        }
        result.labels.merge(
            containerLabels(project, decision.service, hash: decision.hash, imageID: decision.imageID, options)
        ) { $1 }
        result.labels[ProjectLabel.containerNumber] = "\(number)"
        result.labels[ProjectLabel.oneOff] = "False"
        return result
    }
}

/// The labels that all containers of a service have.
func containerLabels(
    _ project: Project, _ service: Service, hash: String, imageID: String, _ options: UpOptions
) -> [String: String] {
    var labels = [
        ProjectLabel.project: project.name,
        ProjectLabel.service: service.name,
        ProjectLabel.configHash: options.configHash?(service) ?? hash,
        ProjectLabel.image: imageID,
        ProjectLabel.dependsOn: DependsOnLabel.text(service.dependsOn),
        ProjectLabel.configFiles: project.composeFiles.joined(separator: ","),
        ProjectLabel.workingDirectory: project.workingDirectory,
        ProjectLabel.version: composeLabelVersion,
    ]
    if options.configHash != nil { labels[ProjectLabel.definitionHash] = hash }
    if !options.environmentFiles.isEmpty {
        labels[ProjectLabel.environmentFile] = options.environmentFiles.joined(separator: ",")
    }
    return labels
}
