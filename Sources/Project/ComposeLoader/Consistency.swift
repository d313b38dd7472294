import ComposeModel

/// Checks that a project fits together: what it refers to exists, and settings do not contradict each other.
struct Consistency {
    let project: Project
    private var problems: [Diagnostic] = []

    init(project: Project) {
        self.project = project
    }

    static func check(_ project: Project) throws(LoadFailure) {
        var consistency = Consistency(project: project)
        for name in project.services.keys.sorted() {
            if let service = project.services[name] { consistency.check(service) }
        }
        consistency.checkContainerNames()
        consistency.checkSecrets()
        if consistency.problems.isEmpty, let cycle = DependencyCycle.find(in: project.services) {
            consistency.problems.append(
                Diagnostic("dependency cycle detected: " + cycle.joined(separator: " -> "), path: "services"))
        }
        if !consistency.problems.isEmpty { throw LoadFailure(consistency.problems) }
    }

    private mutating func report(_ message: String, _ service: Service, _ attribute: String = "") {
        let path = "services.\(service.name)" + (attribute.isEmpty ? "" : ".\(attribute)")
        problems.append(Diagnostic(message, path: path))
    }

    private mutating func check(_ service: Service) {
        if service.build == nil, service.image == nil, service.provider == nil {
            report("has neither an image nor a build context", service)
        }
        checkBuild(service)
        checkNetworks(service)
        if let first = service.healthcheck?.test?.first, !["CMD", "CMD-SHELL", "NONE"].contains(first) {
            report("must start with CMD, CMD-SHELL or NONE", service, "healthcheck.test")
        }
        checkDependencies(service)
        checkResources(service)
        checkLimits(service)
        checkTargets(service)
        checkWatch(service)
    }

    private mutating func checkContainerNames() {
        var users: [String: String] = [:]
        for service in project.services.values.sorted(by: { $0.name < $1.name }) {
            guard let name = service.containerName else { continue }
            if let other = users.updateValue(service.name, forKey: name) {
                report("container name \"\(name)\" is used by service \(other) already", service, "container_name")
            }
        }
    }

    private mutating func checkSecrets() {
        for (name, secret) in project.secrets.sorted(by: { $0.key < $1.key })
        where !secret.external && secret.file == nil && secret.environment == nil {
            problems.append(Diagnostic("file or environment must be set", path: "secrets.\(name)"))
        }
    }

    private mutating func checkBuild(_ service: Service) {
        guard let build = service.build else { return }
        if build.dockerfileInline != nil, build.dockerfile != nil {
            report("dockerfile and dockerfile_inline exclude each other", service, "build")
        }
        for (name, context) in build.additionalContexts where context.hasPrefix("service:") {
            let target = String(context.dropFirst(8))
            guard let other = project.services[target] else {
                report("there is no service \"\(target)\"", service, "build.additional_contexts.\(name)")
                continue
            }
            if other.build == nil {
                report("service \"\(target)\" has no build", service, "build.additional_contexts.\(name)")
            }
        }
        if let platform = service.platform, !build.platforms.isEmpty, !build.platforms.contains(platform) {
            report("must include the service's platform \(platform)", service, "build.platforms")
        }
        for secret in build.secrets where project.secrets[secret.source] == nil {
            report("there is no secret \"\(secret.source)\"", service, "build.secrets")
        }
    }

    private mutating func checkNetworks(_ service: Service) {
        if service.networkMode != nil, !service.networks.isEmpty {
            report("network_mode and networks exclude each other", service)
        }
        for network in service.networks.keys.sorted() where project.networks[network] == nil {
            report("there is no network \"\(network)\"", service, "networks")
        }
    }

    private mutating func checkDependencies(_ service: Service) {
        for (name, dependency) in service.dependsOn.sorted(by: { $0.key < $1.key })
        where project.services[name] == nil {
            if project.disabledServices[name] != nil, !dependency.required { continue }
            let reason = project.disabledServices[name] == nil ? "there is no service" : "no active profile has"
            report("\(reason) \"\(name)\"", service, "depends_on")
        }
    }

    private mutating func checkResources(_ service: Service) {
        for volume in service.volumes where volume.kind == .volume {
            if let source = volume.source, project.volumes[source] == nil {
                report("there is no volume \"\(source)\"", service, "volumes")
            }
        }
        for config in service.configs where project.configs[config.source] == nil {
            report("there is no config \"\(config.source)\"", service, "configs")
        }
        for secret in service.secrets where project.secrets[secret.source] == nil {
            report("there is no secret \"\(secret.source)\"", service, "secrets")
        }
        for model in service.models.keys.sorted() where project.models[model] == nil {
            report("there is no model \"\(model)\"", service, "models")
        }
    }

    /// The older attributes and those of `deploy` must not differ.
    private mutating func checkLimits(_ service: Service) {
        func differ(_ old: String, _ new: String) -> String { "\(old) and \(new) have different values" }
        if let scale = service.scale {
            if scale < 0 { report("must be 0 or more", service, "scale") }
            if let replicas = service.deploy?.replicas, replicas != scale {
                report(differ("scale", "deploy.replicas"), service)
            }
        }
        if let limits = service.deploy?.resources.limits {
            if let cpus = service.cpus, Float(limits.cpus ?? 0) != Float(cpus) {
                report(differ("cpus", "deploy.resources.limits.cpus"), service)
            }
            if let memory = service.memLimit, limits.memory != memory {
                report(differ("mem_limit", "deploy.resources.limits.memory"), service)
            }
            if let pids = service.pidsLimit, limits.pids != pids {
                report(differ("pids_limit", "deploy.resources.limits.pids"), service)
            }
        }
        if let reservations = service.deploy?.resources.reservations, let memory = service.memReservation,
            reservations.memory != memory
        {
            report(differ("mem_reservation", "deploy.resources.reservations.memory"), service)
        }
        if service.replicas > 1, service.containerName != nil {
            report(
                "only one container can have the name, but \(service.replicas) are asked for", service, "container_name"
            )
        }
    }

    /// Two mounts at the same place.
    private mutating func checkTargets(_ service: Service) {
        var targets: [String: String] = [:]
        for (index, tmpfs) in service.tmpfs.enumerated() {
            targets[String(tmpfs.prefix { $0 != ":" })] = "tmpfs[\(index)]"
        }
        for (index, volume) in service.volumes.enumerated() {
            if let other = targets.updateValue("volumes[\(index)]", forKey: volume.target) {
                report("\(volume.target) is already mounted by \(other)", service, "volumes[\(index)]")
            }
        }
    }

    private mutating func checkWatch(_ service: Service) {
        for (index, trigger) in (service.develop?.watch ?? []).enumerated() {
            if trigger.action != .rebuild, trigger.action != .restart, trigger.target == nil {
                report("\(trigger.action.rawValue) needs a target", service, "develop.watch[\(index)]")
            }
        }
    }
}

/// Finds services that depend on each other in a circle.
enum DependencyCycle {
    /// The names along the circle, the first one again at the end.
    static func find(in services: [String: Service]) -> [String]? {
        var done: Set<String> = []
        for start in services.keys.sorted() where !done.contains(start) {
            var trail: [(name: String, next: ArraySlice<String>)] = [(start, dependencies(start, services))]
            var onTrail: Set<String> = [start]
            while let last = trail.last {
                guard let next = last.next.first else {
                    done.insert(last.name)
                    onTrail.remove(last.name)
                    trail.removeLast()
                    continue
                }
                trail[trail.count - 1].next.removeFirst()
                if onTrail.contains(next) {
                    let names = trail.map(\.name)
                    return Array(names[(names.firstIndex(of: next) ?? 0)...]) + [next]
                }
                if done.contains(next) { continue }
                trail.append((next, dependencies(next, services)))
                onTrail.insert(next)
            }
        }
        return nil
    }

    private static func dependencies(_ name: String, _ services: [String: Service]) -> ArraySlice<String> {
        (services[name]?.dependsOn.keys.filter { services[$0] != nil }.sorted() ?? [])[...]
    }
}
