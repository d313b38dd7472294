public import ComposeModel
public import EngineModel
internal import Primitives

/// Options of `compose pull`.
public struct PullOptions: Sendable {
    /// `--policy`.
    public var policy: PullPolicy?
    /// `--ignore-buildable`: services with `build` pull nothing.
    public var ignoreBuildable = false
    /// DOCKER_DEFAULT_PLATFORM.
    public var defaultPlatform: String?

    public init() {}
}

/// Plans `compose pull`: the images of all enabled services, as far as policies do not say otherwise. Pure.
///
/// Here a policy that nobody has set means: pull.
public func planPull(
    _ project: Project, images: [String: Image], options: PullOptions
) throws(PlanFailure) -> SupplyPlan {
    var supply = SupplyOptions()
    supply.policy = options.policy
    supply.defaultPlatform = options.defaultPlatform
    var planner = SupplyPlanner(project: project, images: images, options: supply, now: Instant(nanoseconds: 0))
    for name in project.serviceNames {
        guard let service = project.services[name], service.provider == nil else { continue }
        guard let image = service.image else {
            planner.plan.skipped[name] = .noImage
            continue
        }
        let set = options.policy != nil || service.pullPolicy != nil
        switch set ? try planner.policy(of: service) : .always {
        case .never, .build:
            planner.plan.skipped[name] = .policy
            continue
        case .missing where planner.images[image] != nil && !meansLatest(image):
            planner.plan.skipped[name] = .present
            continue
        case .always, .missing, .every: break
        }
        if service.build != nil && options.ignoreBuildable {
            planner.plan.skipped[name] = .buildable
        } else if let other = planner.plan.pulls.first(where: { $0.image == image })?.services.first {
            planner.plan.skipped[name] = .pulledBy(other)
        } else {
            planner.addPull(of: image, service, cause: "asked for")
            planner.plan.pulls[planner.plan.pulls.count - 1].mayFail = service.build != nil
        }
    }
    return planner.plan
}

/// Whether a reference means the tag `latest`: such an image may have changed, so that having one is not enough.
private func meansLatest(_ reference: String) -> Bool {
    if reference.contains("@") { return false }
    let name = reference.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let colon = name.lastIndex(of: ":") else { return true }
    return name[name.index(after: colon)...] == "latest"
}

/// Plans `compose build`: the services named (empty: all enabled ones) that have a build, what their contexts are made
/// of, and with `dependencies` what they depend on. Pure.
public func planBuild(
    _ project: Project, services: [String], dependencies: Bool
) throws(PlanFailure) -> SupplyPlan {
    var planner = SupplyPlanner(
        project: project, images: [:], options: SupplyOptions(), now: Instant(nanoseconds: 0))
    var names = Set(services.isEmpty ? project.serviceNames : services)
    if dependencies {
        let graph = ServiceGraph(project.allServices)
        for name in names { names.formUnion(graph.reachable(from: name)) }
    }
    var wanted: [String: (cause: String, pull: Int?)] = [:]
    for name in names where project.allServices[name]?.build != nil { wanted[name] = ("asked for", nil) }
    try planner.addBuilds(wanted)
    return planner.plan
}
