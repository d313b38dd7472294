public import ComposeModel
public import EngineModel

/// Plans what a one-off container of `service` needs: its dependencies as far as it asks, networks and volumes; and
/// makes that container's configuration, which the caller creates and starts once the plan is carried out.
///
/// - Parameters:
///   - slug: 64 hexadecimal digits that no other one-off container has.
///   - name: nil is `PROJECT-SERVICE-run-…`.
///   - useAliases: the container answers to the service's names in its networks.
public func planRun(
    _ service: String, of project: Project, _ observed: ObservedState, _ options: UpOptions, slug: String,
    name: String?, useAliases: Bool, digest: @escaping (String) -> String
) throws(PlanFailure) -> (plan: Plan, container: ContainerConfiguration) {
    var options = options
    options.oneOff = service
    var planner = try UpPlanner(project, observed, options, digest)
    let plan = try planner.make()
    guard let decision = planner.decisions[service] else { throw PlanFailure("no such service: \(service)") }
    var container = decision.template
    container.name = name ?? planner.names.oneOffName(of: service, slug: slug)
    for index in container.networks.indices where decision.service.networkMode == nil {
        let aliases = useAliases ? [service] + container.networks[index].aliases : []
        container.networks[index].aliases = [container.name] + aliases
    }
    container.restart = .no
    container.labels.merge(
        containerLabels(project, decision.service, hash: decision.hash, imageID: decision.imageID, options)
    ) { $1 }
    container.labels[ProjectLabel.oneOff] = "True"
    container.labels[ProjectLabel.slug] = slug
    return (plan, container)
}

extension UpPlanner {
    /// The service of which a one-off container is made: its own containers stay as they are, and the plan waits for
    /// what it depends on.
    mutating func decideOneOff(_ name: String) throws(PlanFailure) {
        guard let service = project.services[name] else { throw PlanFailure("no such service: \(name)") }
        let template = try translation.configuration(of: service)
        decisions[name] = ServiceDecision(
            service: service, template: template, hash: digest(ConfigurationFields.text(template)),
            imageID: observed.images[project.imageReference(of: service)]?.id ?? "")
    }
}
