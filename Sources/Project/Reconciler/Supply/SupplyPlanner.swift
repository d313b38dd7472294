public import ComposeModel
public import EngineModel
internal import ImageModel
public import Primitives

/// Plans what has to be pulled and built before the enabled services can get containers. Pure.
///
/// - Parameters:
///   - images: those on this host, by reference as the services name them.
///   - now: the time of day, for policies that pull again after a time.
public func planSupply(
    _ project: Project, images: [String: Image], options: SupplyOptions, now: Instant
) throws(PlanFailure) -> SupplyPlan {
    var planner = SupplyPlanner(project: project, images: images, options: options, now: now)
    try planner.planPulls()
    if !options.noBuild { try planner.planBuilds() }
    return planner.plan
}

struct SupplyPlanner {
    let project: Project
    /// Without those that are for another platform than their service asks for.
    let images: [String: Image]
    let options: SupplyOptions
    let now: Instant
    var plan = SupplyPlan()

    init(project: Project, images: [String: Image], options: SupplyOptions, now: Instant) {
        self.project = project
        self.options = options
        self.now = now
        var fitting = images
        for service in project.services.values {
            let reference = project.imageReference(of: service)
            guard let platform = service.platform, let image = images[reference] else { continue }
            if !Self.platform(platform, fits: image.platform) { fitting[reference] = nil }
        }
        self.images = fitting
    }

    /// Whether an image for `actual` will do where `wanted` is asked for.
    static func platform(_ wanted: String, fits actual: String) -> Bool {
        guard let wanted = try? Platform(parsing: wanted), let actual = try? Platform(parsing: actual) else {
            return false
        }
        return actual.fits(wanted)
    }

    func policy(of service: Service) throws(PlanFailure) -> PullPolicy {
        if options.build && service.build != nil { return .build }
        if let policy = options.policy { return policy }
        guard let policy = PullPolicy(service.pullPolicy) else {
            throw PlanFailure(
                "service \"\(service.name)\": pull_policy \"\(service.pullPolicy ?? "")\" is unknown",
                hint: "it is always, never, missing, build, daily, weekly or every_DURATION, such as every_12h")
        }
        return policy
    }

    // MARK: Pulls

    mutating func planPulls() throws(PlanFailure) {
        for name in project.serviceNames {
            guard let service = project.services[name], service.provider == nil, let image = service.image,
                let cause = pullCause(try policy(of: service), images[image])
            else { continue }
            addPull(of: image, service, cause: cause)
        }
        for name in project.serviceNames {
            for (index, volume) in (project.services[name]?.volumes ?? []).enumerated() where volume.kind == .image {
                guard let image = volume.source, images[image] == nil else { continue }
                addPull(of: image, Service(name: "\(name):volume \(index)"), cause: "not on this host")
            }
        }
    }

    /// Why the image is pulled; nil if it is not.
    private func pullCause(_ policy: PullPolicy, _ present: Image?) -> String? {
        switch policy {
        case .always: return "always pulled"
        case .never, .build: return nil
        case .missing: return present == nil ? "not on this host" : nil
        case .every(let interval):
            guard let present else { return "not on this host" }
            let age = (now.nanoseconds - present.stored.nanoseconds) / 1_000_000_000
            return .seconds(age) > interval ? "last pulled \(age) s ago" : nil
        }
    }

    mutating func addPull(of image: String, _ service: Service, cause: String) {
        let platform = service.platform ?? options.defaultPlatform
        let buildable = project.services.values.contains { $0.image == image && $0.build != nil }
        if let index = plan.pulls.firstIndex(where: { $0.image == image && $0.platform == platform }) {
            plan.pulls[index].services.append(service.name)
            return
        }
        plan.pulls.append(
            .init(image: image, platform: platform, services: [service.name], mayFail: buildable, cause: cause))
    }

    // MARK: Builds

    mutating func planBuilds() throws(PlanFailure) {
        var wanted: [String: (cause: String, pull: Int?)] = [:]
        for (name, service) in project.services where service.build != nil {
            let image = project.imageReference(of: service)
            if try policy(of: service) == .build {
                wanted[name] = (options.build ? "asked for" : "always built", nil)
            } else if images[image] == nil {
                wanted[name] = ("not on this host", plan.pulls.firstIndex { $0.image == image })
            }
        }
        try addBuilds(wanted)
    }

    /// Adds the builds of `wanted` and of what their contexts are made of, each after those it needs.
    mutating func addBuilds(_ wanted: [String: (cause: String, pull: Int?)]) throws(PlanFailure) {
        var wanted = wanted
        var open = wanted.keys.sorted()
        while let name = open.popLast() {
            for context in contexts(of: name) {
                let pull = wanted[name]?.pull
                if let known = wanted[context] {
                    // Needed whatever becomes of the one pull.
                    if known.pull == nil || known.pull == pull { continue }
                    wanted[context] = (known.cause, nil)
                } else {
                    wanted[context] = ("\(name) is built from it", pull)
                }
                open.append(context)
            }
        }
        let services = project.allServices
        var graph: [String: [String: ServiceDependency]] = [:]
        for name in services.keys {
            var dependencies = services[name]?.dependsOn ?? [:]
            for context in contexts(of: name) { dependencies[context] = ServiceDependency(condition: .started) }
            graph[name] = dependencies
        }
        var index: [String: Int] = [:]
        let order = ServiceGraph(graph)
        for name in try order.order() {
            guard let entry = wanted[name], let service = services[name], service.build != nil else { continue }
            let after = order.reachable(from: name).compactMap { index[$0] }.sorted()
            index[name] = plan.builds.count
            plan.builds.append(
                .init(
                    service: name, image: project.imageReference(of: service), after: after, ifPullFailed: entry.pull,
                    cause: entry.cause))
        }
    }

    /// The services whose images are contexts of this one's build.
    private func contexts(of name: String) -> [String] {
        let contexts = project.allServices[name]?.build?.additionalContexts ?? [:]
        return contexts.values.filter { $0.hasPrefix("service:") }.map { String($0.dropFirst(8)) }.sorted()
    }
}

extension ServiceGraph {
    /// All that `name` depends on, directly or through others.
    func reachable(from name: String) -> Set<String> {
        var found: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            for other in (dependencies[next] ?? [:]).keys where found.insert(other).inserted { open.append(other) }
        }
        return found
    }
}
