import ComposeModel
internal import Primitives
import YAML

/// Checks that a project fits together: what it refers to exists, and settings do not contradict each other.
///
/// What only follows from a value that was refused before is not reported.
struct Consistency {
    let project: Project
    /// What the project was made from: knows the places.
    let document: Mapping
    let context: LoadContext

    static func check(_ project: Project, document: Mapping, context: LoadContext) {
        let consistency = Consistency(project: project, document: document, context: context)
        for name in project.services.keys.sorted() {
            if let service = project.services[name] { consistency.check(service) }
        }
        consistency.checkContainerNames()
        consistency.checkSecrets()
        if let cycle = DependencyCycle.find(in: project.services) { consistency.report(cycle: cycle) }
    }

    private func report(_ message: String, _ service: Service, _ attribute: String...) {
        report(message, ["services", service.name] + attribute)
    }

    private func report(_ message: String, _ path: [String], shown: [String]? = nil) {
        if context.isSpoiled(path) { return }
        context.report(context.failure(message, path: joined(shown ?? path), at: document.mark(of: path)))
    }

    private func report(cycle: [String]) {
        var names = cycle.prefix(10).joined(separator: " -> ")
        if cycle.count > 10 { names += " -> … (\(cycle.count - 1) services)" }
        let path = ["services", cycle[0], "depends_on", cycle[1]]
        context.report(
            context.failure("dependency cycle detected: " + names, path: "services", at: document.mark(of: path)))
    }

    /// Something in `path` names a resource that is not there.
    private func checkReference(
        _ name: String, _ kind: String, _ what: String, exists: Bool, among known: some Sequence<String>,
        _ path: [String]
    ) {
        if exists || context.isSpoiled([kind, name]) { return }
        let guess = Spelling.suggestion(for: name, among: known)
        report("there is no \(what) \"\(name)\"\(guess)", path, shown: path.count > 3 ? Array(path[..<3]) : path)
    }

    private func check(_ service: Service) {
        let sources = ["build", "image", "provider"].map { ["services", service.name, $0] }
        if service.build == nil, service.image == nil, service.provider == nil,
            !sources.contains(where: { context.isSpoiled($0) })
        {
            report("has neither an image nor a build context", service)
        }
        checkBuild(service)
        checkNetworks(service)
        if let first = service.healthcheck?.test?.first, !["CMD", "CMD-SHELL", "NONE"].contains(first) {
            report("must start with CMD, CMD-SHELL or NONE", service, "healthcheck", "test")
        }
        checkDependencies(service)
        checkResources(service)
        checkLimits(service)
        checkTargets(service)
        checkWatch(service)
    }

    private func checkContainerNames() {
        var users: [String: String] = [:]
        for key in project.services.keys.sorted() {
            guard let name = project.services[key]?.containerName else { continue }
            if let other = users.updateValue(key, forKey: name), let service = project.services[key] {
                report("container name \"\(name)\" is used by service \(other) already", service, "container_name")
            }
        }
    }

    private func checkSecrets() {
        for (name, secret) in project.secrets.sorted(by: { $0.key < $1.key })
        where !secret.external && secret.file == nil && secret.environment == nil {
            if ["file", "environment"].contains(where: { context.isSpoiled(["secrets", name, $0]) }) { continue }
            report("file or environment must be set", ["secrets", name])
        }
    }

    private func checkBuild(_ service: Service) {
        guard let build = service.build else { return }
        if build.dockerfileInline != nil, build.dockerfile != nil {
            report("dockerfile and dockerfile_inline exclude each other", service, "build")
        }
        for (name, source) in build.additionalContexts where source.hasPrefix("service:") {
            let target = String(source.dropFirst(8))
            let path = ["services", service.name, "build", "additional_contexts", name]
            guard let other = project.services[target] else {
                if context.isSpoiled(["services", target]) { continue }
                let guess = Spelling.suggestion(for: target, among: project.services.keys)
                report("there is no service \"\(target)\"\(guess)", path)
                continue
            }
            if other.build == nil, !context.isSpoiled(["services", target, "build"]) {
                report("service \"\(target)\" has no build", path)
            }
        }
        if let platform = service.platform, !build.platforms.isEmpty, !build.platforms.contains(platform) {
            report("must include the service's platform \(platform)", service, "build", "platforms")
        }
        for secret in build.secrets where project.secrets[secret.source] == nil {
            if context.isSpoiled(["secrets", secret.source]) { continue }
            let guess = Spelling.suggestion(for: secret.source, among: project.secrets.keys)
            report("there is no secret \"\(secret.source)\"\(guess)", service, "build", "secrets")
        }
    }

    private func checkNetworks(_ service: Service) {
        if service.networkMode != nil, !service.networks.isEmpty {
            report("network_mode and networks exclude each other", service)
        }
        for network in service.networks.keys.sorted() {
            checkReference(
                network, "networks", "network", exists: project.networks[network] != nil,
                among: project.networks.keys, ["services", service.name, "networks", network])
        }
    }

    private func checkDependencies(_ service: Service) {
        for (name, dependency) in service.dependsOn.sorted(by: { $0.key < $1.key })
        where project.services[name] == nil {
            let path = ["services", service.name, "depends_on", name]
            if let disabled = project.disabledServices[name] {
                if !dependency.required { continue }
                let profiles = disabled.profiles.joined(separator: ", ")
                report(
                    "service \"\(name)\" is disabled: none of its profiles (\(profiles)) is active", path,
                    shown: Array(path[..<3]))
                continue
            }
            checkReference(
                name, "services", "service", exists: false, among: project.services.keys.filter { $0 != service.name },
                path)
        }
    }

    private func checkResources(_ service: Service) {
        let path = ["services", service.name]
        for (index, volume) in service.volumes.enumerated() where volume.kind == .volume {
            guard let source = volume.source else { continue }
            checkReference(
                source, "volumes", "volume", exists: project.volumes[source] != nil, among: project.volumes.keys,
                path + ["volumes", "[\(index)]"])
        }
        for (index, config) in service.configs.enumerated() {
            checkReference(
                config.source, "configs", "config", exists: project.configs[config.source] != nil,
                among: project.configs.keys, path + ["configs", "[\(index)]"])
        }
        for (index, secret) in service.secrets.enumerated() {
            checkReference(
                secret.source, "secrets", "secret", exists: project.secrets[secret.source] != nil,
                among: project.secrets.keys, path + ["secrets", "[\(index)]"])
        }
        for model in service.models.keys.sorted() {
            checkReference(
                model, "models", "model", exists: project.models[model] != nil, among: project.models.keys,
                path + ["models", model])
        }
    }

    /// The older attributes and those of `deploy` must not differ.
    private func checkLimits(_ service: Service) {
        func differ(_ old: String, _ new: String) -> String { "\(old) and \(new) have different values" }
        if let scale = service.scale {
            if scale < 0 { report("must be 0 or more", service, "scale") }
            if let replicas = service.deploy?.replicas, replicas != scale {
                report(differ("scale", "deploy.replicas"), service)
            }
        }
        if let replicas = service.deploy?.replicas, replicas < 0 {
            report("must be 0 or more", service, "deploy", "replicas")
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
    private func checkTargets(_ service: Service) {
        var targets: [String: String] = [:]
        for (index, tmpfs) in service.tmpfs.enumerated() {
            let target = tmpfs.cut(":")?.0 ?? tmpfs
            if let other = targets[target] {
                report("\(target) is already mounted by \(other)", service, "tmpfs", "[\(index)]")
            } else {
                targets[target] = "tmpfs[\(index)]"
            }
        }
        for (index, volume) in service.volumes.enumerated() {
            if let other = targets.updateValue("volumes[\(index)]", forKey: volume.target) {
                report("\(volume.target) is already mounted by \(other)", service, "volumes", "[\(index)]")
            }
        }
    }

    private func checkWatch(_ service: Service) {
        for (index, trigger) in (service.develop?.watch ?? []).enumerated() {
            if trigger.action != .rebuild, trigger.action != .restart, trigger.target == nil {
                report("\(trigger.action.rawValue) needs a target", service, "develop", "watch", "[\(index)]")
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

extension Mapping {
    /// Where the value at `path` stands, or the nearest one above it.
    func mark(of path: [String]) -> Mark {
        var mark = Mark()
        var node = Node(.mapping(self))
        for key in path {
            switch node.value {
            case .mapping(let mapping):
                guard let position = mapping.position(of: key) else { return mark }
                let entry = mapping.entries[position]
                node = entry.value
                let isScalar = node.mapping == nil && !node.isNull
                let marked = isScalar ? [node.mark, entry.keyMark] : [entry.keyMark, node.mark]
                mark = marked.first { $0.line > 0 } ?? mark
            case .sequence(let items):
                guard let index = Int(key.dropFirst().dropLast()), items.indices.contains(index) else { return mark }
                node = items[index]
                if node.mark.line > 0 { mark = node.mark }
            default: return mark
            }
        }
        return mark
    }
}
