public import ComposeModel
internal import Primitives

/// An attribute of the Compose Specification that is loaded and shown by `config`, but that nothing here acts on, or
/// not with every value.
///
/// The list of them, ``attributeGaps``, is the only one: warnings, refusals and `docs/compose-file.md` come from it. An
/// entry goes away with the code that acts on its attribute.
public struct AttributeGap: Sendable {
    public enum Effect: Sendable, Hashable {
        /// The service works without: a warning when it is started.
        case ignored
        /// The service would not be what its author means: an error before anything is made.
        case refused
    }

    /// Where the attribute may stand, and who uses it.
    enum Use: Sendable {
        case service(@Sendable (Service) -> Bool)
        case network(@Sendable (NetworkConfig) -> Bool)
        case volume(@Sendable (VolumeConfig) -> Bool)
        case secret(@Sendable (SecretConfig) -> Bool)
        case config(@Sendable (ConfigObject) -> Bool)
    }

    /// As `attributePaths()` of the loader writes it: `services.*.gpus`.
    public let path: String
    public let effect: Effect
    /// Why, or which values; continues the attribute's name: `is for Windows`.
    public let reason: String
    let use: Use

    fileprivate init(_ path: String, _ effect: Effect, _ reason: String, _ use: Use) {
        self.path = path
        self.effect = effect
        self.reason = reason
        self.use = use
    }

    /// The places of a project that use it, sorted: `services.web.gpus`.
    func places(in project: Project) -> [String] {
        let names: [String] =
            switch use {
            case .service(let isUsed): project.services.filter { isUsed($0.value) }.map(\.key)
            case .network(let isUsed): project.networks.filter { !$0.value.external && isUsed($0.value) }.map(\.key)
            case .volume(let isUsed): project.volumes.filter { !$0.value.external && isUsed($0.value) }.map(\.key)
            case .secret(let isUsed): project.secrets.filter { isUsed($0.value) }.map(\.key)
            case .config(let isUsed): project.configs.filter { isUsed($0.value) }.map(\.key)
            }
        return names.sorted().map { path.replacing("*", with: $0, maxReplacements: 1) }
    }
}

/// What a project says that has no effect, one line each, to be shown when it is started.
public func attributeWarnings(in project: Project) -> [String] {
    attributeGaps.filter { $0.effect == .ignored }.flatMap { gap in
        gap.places(in: project).map { "\($0) \(gap.reason)" }
    }
}

/// Fails for the first attribute of a project that makes it another one than its author means.
func refuseGaps(in project: Project) throws(PlanFailure) {
    for gap in attributeGaps where gap.effect == .refused {
        if let place = gap.places(in: project).first { throw PlanFailure("\(place) \(gap.reason)") }
    }
}

public let attributeGaps: [AttributeGap] = serviceGaps + deployGaps + resourceGaps

private let windows = "is for Windows"
private let swarm = "is for swarms"

private let serviceGaps: [AttributeGap] = [
    service("build.isolation", .ignored, windows) { !["", "default"].contains($0.build?.isolation ?? "") },
    service("build.provenance", .ignored, "is ignored: builds are not attested") {
        !["", "false"].contains($0.build?.provenance ?? "")
    },
    service("build.sbom", .ignored, "is ignored: builds are not attested") {
        !["", "false"].contains($0.build?.sbom ?? "")
    },
    service("cpu_count", .ignored, windows) { $0.cpuCount != nil },
    service("cpu_percent", .ignored, windows) { $0.cpuPercent != nil },
    service("credential_spec", .refused, windows) { $0.credentialSpec != nil },
    service("gpus", .refused, "is not supported: pass the device files with devices") { !$0.gpus.isEmpty },
    service("isolation", .refused, "is for Windows, only \"default\" is possible") {
        !["", "default"].contains($0.isolation ?? "")
    },
    service("models", .refused, "is not supported: there is no model runner") { !$0.models.isEmpty },
    service("provider", .refused, "is not supported: services are containers") { $0.provider != nil },
    service("runtime", .refused, "is not supported: the runtime is built in, leave it out or write runc") {
        !["", "runc", "io.containerd.runc.v2"].contains($0.runtime ?? "")
    },
    service("storage_opt", .ignored, "is ignored: container layers have no size limit") { !$0.storageOpt.isEmpty },
    service("use_api_socket", .refused, "is not supported: there is no engine socket") { $0.useAPISocket },
    service("userns_mode", .refused, "is not supported: there are no user namespaces, it can only be \"host\"") {
        !["", "host"].contains($0.usernsMode ?? "")
    },
    service("volumes[].type", .refused, "is not supported for cluster, image and npipe") { service in
        service.volumes.contains { [.cluster, .image, .npipe].contains($0.kind) }
    },
    service("ports[].protocol", .refused, "is not supported for other protocols than tcp and udp") { service in
        service.ports.contains { (try? $0.mapping.get())?.transport == .sctp }
    },
]

private let deployGaps: [AttributeGap] = [
    service("deploy.endpoint_mode", .ignored, swarm) { $0.deploy?.endpointMode != nil },
    service("deploy.labels", .ignored, swarm) { !($0.deploy?.labels ?? [:]).isEmpty },
    service("deploy.mode", .ignored, "is for swarms, unless it is \"replicated\"") {
        !["", "replicated"].contains($0.deploy?.mode ?? "")
    },
    service("deploy.placement", .ignored, swarm) { $0.deploy.map { $0.placement != Placement() } ?? false },
    service("deploy.resources.reservations.cpus", .ignored, "is ignored") {
        $0.deploy?.resources.reservations?.cpus != nil
    },
    service("deploy.resources.reservations.devices", .refused, "is not supported: pass the device files with devices") {
        !($0.deploy?.resources.reservations?.devices ?? []).isEmpty
    },
    service("deploy.resources.reservations.generic_resources", .ignored, swarm) {
        !($0.deploy?.resources.reservations?.genericResources ?? []).isEmpty
    },
    service("deploy.restart_policy.delay", .ignored, "is ignored: restarts wait 0.1 s and then twice as long each") {
        $0.deploy?.restartPolicy?.delay != nil
    },
    service("deploy.restart_policy.window", .ignored, "is ignored") { $0.deploy?.restartPolicy?.window != nil },
    service("deploy.rollback_config", .ignored, swarm) { $0.deploy?.rollbackConfig != nil },
    service("deploy.update_config", .ignored, swarm) { $0.deploy?.updateConfig != nil },
]

private let resourceGaps: [AttributeGap] = [
    network("driver", .refused, "is not supported, only \"bridge\" is") { !["", "bridge"].contains($0.driver ?? "") },
    network("enable_ipv4", .refused, "is not supported: every network has IPv4") { $0.enableIPv4 == false },
    network("ipam.driver", .refused, "is not supported, only \"default\" is") {
        !["", "default"].contains($0.ipam.driver ?? "")
    },
    volume("driver", .refused, "is not supported, only \"local\" is") { !["", "local"].contains($0.driver ?? "") },
    volume("driver_opts", .refused, "is not supported but as `o: bind` with a `device`") { volume in
        let flags = (volume.driverOptions["o"] ?? "").split(separator: ",")
        let isBind = volume.driverOptions["device"] != nil && flags.contains { $0 == "bind" || $0 == "rbind" }
        return !volume.driverOptions.isEmpty && !isBind
    },
    AttributeGap("secrets.*.external", .refused, swarm, .secret { $0.external }),
    AttributeGap("secrets.*.driver", .refused, swarm, .secret { $0.driver != nil }),
    AttributeGap("secrets.*.template_driver", .refused, swarm, .secret { $0.templateDriver != nil }),
    AttributeGap("configs.*.external", .refused, swarm, .config { $0.external }),
    AttributeGap("configs.*.template_driver", .refused, swarm, .config { $0.templateDriver != nil }),
]

private func service(
    _ path: String, _ effect: AttributeGap.Effect, _ reason: String, _ isUsed: @escaping @Sendable (Service) -> Bool
) -> AttributeGap {
    AttributeGap("services.*.\(path)", effect, reason, .service(isUsed))
}

private func network(
    _ path: String, _ effect: AttributeGap.Effect, _ reason: String,
    _ isUsed: @escaping @Sendable (NetworkConfig) -> Bool
) -> AttributeGap {
    AttributeGap("networks.*.\(path)", effect, reason, .network(isUsed))
}

private func volume(
    _ path: String, _ effect: AttributeGap.Effect, _ reason: String,
    _ isUsed: @escaping @Sendable (VolumeConfig) -> Bool
) -> AttributeGap {
    AttributeGap("volumes.*.\(path)", effect, reason, .volume(isUsed))
}
