public import ComposeModel
internal import EngineModel

extension UpPlanner {
    /// Plans networks and volumes; returns the names of those that are made anew.
    mutating func planResources() throws(PlanFailure) -> Set<String> {
        let resources = ResourceTranslation(project: project, digest: digest)
        var changed: Set<String> = []
        for key in project.networks.keys.sorted() {
            guard let config = project.networks[key] else { continue }
            if try planNetwork(key, config, resources) { changed.insert(project.networkName(key)) }
        }
        for key in project.volumes.keys.sorted() {
            guard let config = project.volumes[key] else { continue }
            if try planVolume(key, config, resources) { changed.insert(project.volumeName(key)) }
        }
        return changed
    }

    private mutating func planNetwork(
        _ key: String, _ config: NetworkConfig, _ resources: ResourceTranslation
    ) throws(PlanFailure) -> Bool {
        let name = project.networkName(key)
        let existing = observed.networks[name]
        if config.external {
            if existing != nil || name == "host" || name == "none" { return false }
            throw PlanFailure(
                "network \(name) declared as external, but could not be found",
                hint: "make it with `compose network create \(name)`")
        }
        let wanted = resources.network(key, config)
        guard let existing else {
            networkOperations[name] = plan.add(.createNetwork(wanted), "Network \(name)", cause: "not created yet")
            return false
        }
        let labels = existing.configuration.labels
        if labels[ProjectLabel.project] != project.name {
            plan.warnings.append(
                "a network with name \(name) exists but was not created for project \"\(project.name)\".\n"
                    + "Set `external: true` to use an existing network")
            return false
        }
        if labels[ProjectLabel.network] != key {
            throw PlanFailure(
                "network \(name) was found but has incorrect label \(ProjectLabel.network) set to "
                    + "\"\(labels[ProjectLabel.network] ?? "")\" (expected: \"\(key)\")")
        }
        guard let hash = labels[ProjectLabel.configHash], hash != wanted.labels[ProjectLabel.configHash] else {
            return false
        }
        let removal = plan.add(.removeNetwork(name), "Network \(name)", cause: "definition changed")
        removals[name] = removal
        networkOperations[name] = plan.add(
            .createNetwork(wanted), "Network \(name)", cause: "definition changed", after: [.init(removal)])
        return true
    }

    private mutating func planVolume(
        _ key: String, _ config: VolumeConfig, _ resources: ResourceTranslation
    ) throws(PlanFailure) -> Bool {
        let name = project.volumeName(key)
        let existing = observed.volumes[name]
        if config.external {
            if existing != nil { return false }
            throw PlanFailure(
                "external volume \"\(name)\" not found", hint: "make it with `compose volume create \(name)`")
        }
        let wanted = resources.volume(key, config)
        guard let existing else {
            volumeOperations[name] = plan.add(.createVolume(wanted), "Volume \(name)", cause: "not created yet")
            return false
        }
        switch existing.configuration.labels[ProjectLabel.project] {
        case project.name: break
        case nil:
            plan.warnings.append(
                "volume \"\(name)\" already exists but was not created by Docker Compose. "
                    + "Use `external: true` to use an existing volume")
        case let other?:
            plan.warnings.append(
                "volume \"\(name)\" already exists but was created for project \"\(other)\" "
                    + "(expected \"\(project.name)\"). Use `external: true` to use an existing volume")
        }
        guard options.recreateVolumes.contains(name) else { return false }
        let removal = plan.add(.removeVolume(name), "Volume \(name)", cause: "definition changed")
        removals[name] = removal
        volumeOperations[name] = plan.add(
            .createVolume(wanted), "Volume \(name)", cause: "definition changed", after: [.init(removal)])
        return true
    }
}

/// Names of the project's volumes that exist with another definition than the file's: the user is asked about them.
public func changedVolumes(
    _ project: Project, _ observed: ObservedState, digest: @escaping (String) -> String
) -> [String] {
    let resources = ResourceTranslation(project: project, digest: digest)
    return project.volumes.keys.sorted().compactMap { key in
        guard let config = project.volumes[key], !config.external,
            let labels = observed.volumes[project.volumeName(key)]?.configuration.labels,
            labels[ProjectLabel.project] == project.name, let hash = labels[ProjectLabel.configHash],
            hash != resources.volume(key, config).labels[ProjectLabel.configHash]
        else { return nil }
        return project.volumeName(key)
    }
}
