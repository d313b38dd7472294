internal import ComposeModel
internal import ContainerModel
internal import EngineModel

/// The operations that replace one container.
private struct Replacement {
    let old: Container
    /// The new one's name or id until the old one is gone.
    var new: String
    /// Those whose failure means that the new container is not what was hoped for.
    var critical: [Int] = []
    /// After it the new container does its work.
    var proven = 0
    /// Stops the old one.
    var stop: Int?
}

/// Replacing containers as `deploy.update_config` says.
extension UpPlanner {
    /// Plans the replacement of outdated containers, batch by batch; returns the operations after which they have their
    /// names.
    mutating func planUpdate(
        _ outdated: [Container], _ decision: ServiceDecision, _ policy: UpdatePolicy, cause: String
    ) -> [Int] {
        var replacements: [Replacement] = []
        var gate: [Operation.Edge] = []
        let batches = policy.batches(outdated)
        for (number, batch) in batches.enumerated() {
            let made = batch.map { old in
                startsFirst(old, decision, policy)
                    ? planStartFirst(old, decision, policy, cause: cause, after: gate)
                    : planStopFirst(old, decision, policy, cause: cause, after: gate)
            }
            replacements += made
            let need: Operation.Edge.Need = policy.failureAction == .goOn ? .end : .success
            gate = made.map { Operation.Edge($0.proven, need) }
            if policy.delay > .zero, number < batches.count - 1 {
                let resource = "Container \(finalName(batch[0].number, decision.service))"
                let delay = plan.add(
                    .delay(policy.delay), resource, service: decision.service.name, cause: "update_config.delay",
                    after: gate)
                gate = [.init(delay)]
            }
        }
        planRollbacks(replacements, decision, policy)
        return replacements.map { planEnd(of: $0, among: replacements, decision, policy) }
    }

    /// One that does not run has no place to be taken over.
    private func startsFirst(_ old: Container, _ decision: ServiceDecision, _ policy: UpdatePolicy) -> Bool {
        policy.startsFirst && old.state == .running
    }

    /// New container up and proven, ports and names handed over, old one stopped.
    private mutating func planStartFirst(
        _ old: Container, _ decision: ServiceDecision, _ policy: UpdatePolicy, cause: String,
        after gate: [Operation.Edge]
    ) -> Replacement {
        let name = finalName(old.number, decision.service)
        var replacement = Replacement(old: old, new: old.replacementName(name))
        if let known = decision.replacements[old.id] {
            // A command that was interrupted got so far that it does its work already.
            replacement.new = known.id
            replacement.proven = plan.add(
                .watch(known.id, monitor: .zero), "Container \(name)", service: decision.service.name, cause: cause,
                after: gate)
            replacement.critical = [replacement.proven]
            replacement.stop = planStop(of: old, decision, name: name, after: [.init(replacement.proven)])
            return replacement
        }
        let made = planReplacement(old, decision, cause: cause, standby: true)
        planProof(&replacement, decision, policy, after: made + gate)
        let handOver = plan.add(
            .handOver(from: old.id, to: replacement.new), "Container \(name)", service: decision.service.name,
            cause: "start-first", after: [.init(replacement.proven)])
        replacement.critical.append(handOver)
        replacement.proven = handOver
        replacement.stop = planStop(of: old, decision, name: name, after: [.init(handOver)])
        return replacement
    }

    /// Old container stopped, new one up and proven; the old one is kept as long as it may have to come back.
    private mutating func planStopFirst(
        _ old: Container, _ decision: ServiceDecision, _ policy: UpdatePolicy, cause: String,
        after gate: [Operation.Edge]
    ) -> Replacement {
        let name = finalName(old.number, decision.service)
        var replacement = Replacement(old: old, new: old.replacementName(name))
        let known = decision.replacements[old.id]
        if let known { replacement.new = known.id }
        let made = known == nil ? planReplacement(old, decision, cause: cause, standby: false) : []
        var stopped = made + gate
        if old.isRunning {
            let stop = planStop(of: old, decision, name: name, after: stopped)
            replacement.stop = stop
            stopped = [.init(stop)]
        }
        planProof(&replacement, decision, policy, after: stopped)
        return replacement
    }

    private mutating func planReplacement(
        _ old: Container, _ decision: ServiceDecision, cause: String, standby: Bool
    ) -> [Operation.Edge] {
        let name = finalName(old.number, decision.service)
        var wanted = configuration(old.number, decision, name: name)
        wanted.labels[ProjectLabel.replace] = old.name
        if !options.renewAnonymousVolumes { Self.inheritAnonymousVolumes(of: old, into: &wanted) }
        wanted.name = old.replacementName(name)
        wanted.standby = standby ? true : nil
        let made = plan.add(
            .createContainer(wanted, replacing: true), "Container \(name)", service: decision.service.name,
            cause: cause, after: prerequisites(of: decision))
        return [.init(made)]
    }

    private mutating func planStop(
        of old: Container, _ decision: ServiceDecision, name: String, after edges: [Operation.Edge]
    ) -> Int {
        let others = (stopsBecauseOf[decision.service.name] ?? []).map { Operation.Edge($0) }
        var before = edges + others
        let resource = "Container \(name)"
        let hooks = decision.service.preStop
        if !hooks.isEmpty, old.state == .running {
            let run = plan.add(
                .runHooks(hooks, container: old.id, service: decision.service.name), resource,
                service: decision.service.name, cause: "pre_stop", after: before)
            before = [.init(run)]
        }
        return plan.add(
            .stopContainer(old.id, timeout: options.timeout, shown: false), resource, service: decision.service.name,
            cause: "recreated", after: before)
    }

    /// Start, hooks and watch of the new container.
    private mutating func planProof(
        _ replacement: inout Replacement, _ decision: ServiceDecision, _ policy: UpdatePolicy,
        after edges: [Operation.Edge]
    ) {
        let service = decision.service
        let resource = "Container \(finalName(replacement.old.number, service))"
        var before = edges
        for edge in dependencyEdges(of: service) where !before.contains(edge) { before.append(edge) }
        var last = plan.add(
            .startContainer(replacement.new), resource, service: service.name, cause: "recreated", after: before)
        replacement.critical.append(last)
        if !service.postStart.isEmpty {
            last = plan.add(
                .runHooks(service.postStart, container: replacement.new, service: service.name), resource,
                service: service.name, cause: "post_start", after: [.init(last)])
            replacement.critical.append(last)
        }
        last = plan.add(
            .watch(replacement.new, monitor: policy.monitor), resource, service: service.name, cause: "update_config",
            after: [.init(last)])
        replacement.critical.append(last)
        replacement.proven = last
    }

    /// The old container goes, its name is the new one's.
    private mutating func planEnd(
        of replacement: Replacement, among all: [Replacement], _ decision: ServiceDecision, _ policy: UpdatePolicy
    ) -> Int {
        let service = decision.service.name
        let name = finalName(replacement.old.number, decision.service)
        // What may have to come back is kept until nothing can fail any more.
        let proven = policy.failureAction == .rollBack ? all.map(\.proven) : [replacement.proven]
        let before = proven + (replacement.stop.map { [$0] } ?? [])
        let removal = plan.add(
            .removeContainer(replacement.old.id, volumes: options.renewAnonymousVolumes, shown: false),
            "Container \(name)", service: service, cause: "recreated", after: before.map { .init($0) })
        let rename = plan.add(
            .renameContainer(replacement.new, to: name), "Container \(name)", service: service, cause: "recreated",
            after: [.init(removal)])
        ready[name] = rename
        return rename
    }

    /// With `start-first` a new container that fails is taken back in any case, for the old one still does its work.
    private mutating func planRollbacks(
        _ replacements: [Replacement], _ decision: ServiceDecision, _ policy: UpdatePolicy
    ) {
        for replacement in replacements {
            let startsFirst = startsFirst(replacement.old, decision, policy)
            let causes: [Replacement]
            switch policy.failureAction {
            case .rollBack: causes = replacements
            case .pause, .goOn: causes = startsFirst ? [replacement] : []
            }
            if causes.isEmpty { continue }
            var edges = causes.flatMap(\.critical).map { Operation.Edge($0, .failure) }
            edges += causes.compactMap(\.stop).map { Operation.Edge($0, .end) }
            _ = plan.add(
                .rollBack(from: replacement.new, to: replacement.old.id, startsFirst: startsFirst),
                "Container \(finalName(replacement.old.number, decision.service))", service: decision.service.name,
                cause: "the update failed", after: edges)
        }
    }
}
