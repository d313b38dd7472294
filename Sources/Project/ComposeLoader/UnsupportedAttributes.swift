public import ComposeModel

/// The attributes of enabled services that are loaded but that nothing acts on yet, to be warned about when a stack
/// is started.
///
/// This table is the list of what is missing: an entry goes away with the code that acts on its attribute.
public func unsupportedAttributes(in project: Project) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for service in project.services.values.sorted(by: { $0.name < $1.name }) {
        for attribute in UnsupportedAttribute.all where attribute.isUsed(service) {
            found.append(Diagnostic(attribute.effect, path: "services.\(service.name).\(attribute.path)"))
        }
    }
    return found
}

struct UnsupportedAttribute: Sendable {
    let path: String
    /// What happens instead.
    let effect: String
    let isUsed: @Sendable (Service) -> Bool

    private init(_ path: String, _ effect: String = "is ignored", _ isUsed: @escaping @Sendable (Service) -> Bool) {
        self.path = path
        self.effect = effect
        self.isUsed = isUsed
    }

    static let all: [UnsupportedAttribute] = [
        .init("build", "images are not built, the image must be on this host") { $0.build != nil },
        .init("cpu_count", "is for Windows only") { $0.cpuCount != nil },
        .init("cpu_percent", "is for Windows only") { $0.cpuPercent != nil },
        .init("credential_spec", "is for Windows only") { $0.credentialSpec != nil },
        .init("deploy.endpoint_mode", "is for swarms only") { $0.deploy?.endpointMode != nil },
        .init("deploy.labels", "are for swarms only") { !($0.deploy?.labels ?? [:]).isEmpty },
        .init("deploy.mode", "is for swarms only") { ($0.deploy?.mode ?? "replicated") != "replicated" },
        .init("deploy.placement", "is for swarms only") { $0.deploy.map { $0.placement != Placement() } ?? false },
        .init("deploy.resources.reservations.cpus") { $0.deploy?.resources.reservations?.cpus != nil },
        .init("deploy.resources.reservations.devices", "devices are not handed to containers") {
            !($0.deploy?.resources.reservations?.devices ?? []).isEmpty
        },
        .init("deploy.resources.reservations.generic_resources", "are for swarms only") {
            !($0.deploy?.resources.reservations?.genericResources ?? []).isEmpty
        },
        .init("deploy.restart_policy.delay") { $0.deploy?.restartPolicy?.delay != nil },
        .init("deploy.restart_policy.window") { $0.deploy?.restartPolicy?.window != nil },
        .init("deploy.rollback_config", "is for swarms only") { $0.deploy?.rollbackConfig != nil },
        .init("deploy.update_config", "is for swarms only") { $0.deploy?.updateConfig != nil },
        .init("gpus", "GPUs are not handed to containers") { !$0.gpus.isEmpty },
        .init("isolation", "is for Windows only") { $0.isolation != nil },
        .init("models", "models are not run") { !$0.models.isEmpty },
        .init("provider", "no provider is run, the service is left out") { $0.provider != nil },
        .init("pull_policy", "images are neither pulled nor built, the image must be on this host") { service in
            guard let policy = service.pullPolicy else { return false }
            return !["never", "missing", "if_not_present"].contains(policy)
        },
        .init("runtime", "containers are run by compose itself") { ($0.runtime ?? "runc") != "runc" },
        .init("storage_opt") { !$0.storageOpt.isEmpty },
        .init("use_api_socket", "there is no API socket") { $0.useAPISocket },
        .init("userns_mode", "user namespaces are not used") { ($0.usernsMode ?? "host") != "host" },
        .init("volumes", "mounts of type cluster, npipe and image are left out") { service in
            service.volumes.contains { [.cluster, .npipe, .image].contains($0.kind) }
        },
    ]
}
