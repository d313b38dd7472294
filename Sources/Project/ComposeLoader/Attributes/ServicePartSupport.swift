import EngineModel
import Primitives
import YAML

/// The attributes of a service's larger parts: health check, log, networks, ports, mounts, hooks.
extension AttributeSupport {
    static let serviceParts = rows(observation) + rows(networking) + rows(mounts) + rows(hooks)

    private static let monitor = "Supervisor/HealthMonitor"

    private static let observation: KeyValuePairs<String, Support> = [
        "services.*.healthcheck": .acted(by: monitor),
        "services.*.healthcheck.disable": .acted(by: "Reconciler/ServiceTranslation"),
        "services.*.healthcheck.interval": .acted(by: monitor),
        "services.*.healthcheck.retries": .acted(by: monitor),
        "services.*.healthcheck.start_interval": .acted(by: monitor),
        "services.*.healthcheck.start_period": .acted(by: monitor),
        "services.*.healthcheck.test": .acted(by: "Supervisor/HealthProbe"),
        "services.*.healthcheck.timeout": .acted(by: "Supervisor/HealthProbe"),
        "services.*.logging": .acted(
            by: "EngineModel/LogSettings",
            .refused("cannot be used", .checked { loggingFaults($0) })),
        "services.*.logging.driver": .acted(by: "Supervisor/LogDelivery"),
        "services.*.logging.options": .acted(
            by: "Supervisor/LogLimits",
            .warned(
                "is ignored: the driver none keeps nothing",
                .when { $1["driver"]?.text == "none" && $0.mapping?.isEmpty == false })),
    ]

    /// What the drivers' table says of a service's log.
    private static func loggingFaults(_ logging: Mapping) -> [Support.Fault] {
        let options = logging["options"]?.mapping
        let texts = (options?.entries ?? []).filter { !$0.value.isRefused }.map { ($0.key, $0.value.text) }
        let settings = LogSettings(
            LogConfiguration(
                driver: logging["driver"]?.text ?? "", options: Dictionary(texts, uniquingKeysWith: { $1 })))
        return settings.problems.map { problem in
            guard let name = problem.option, let entry = options?.entries.first(where: { $0.key == name }) else {
                let place = logging.entries.first { $0.key == "driver" }
                return Support.Fault(
                    keys: ["driver"], node: place?.value ?? Node(.null, logging.entries.first?.keyMark ?? Mark()),
                    details: ": " + problem.reason)
            }
            let isName = problem.reason.hasPrefix("unknown log opt ")
            return Support.Fault(
                keys: ["options", name], node: isName ? Node(entry.value.value, entry.keyMark) : entry.value,
                details: ": " + problem.reason)
        }
    }

    private static let sandbox = "ContainerNetwork/Sandbox"

    private static let networking: KeyValuePairs<String, Support> = [
        "services.*.networks": .acted(by: "Supervisor/NetworkSetup"),
        "services.*.networks.*.aliases": .acted(by: "Supervisor/NameDirectory"),
        "services.*.networks.*.driver_opts": .acted(
            by: "ContainerNetwork/HostNetwork+Endpoints",
            .warned(
                "is ignored: only com.docker.network.endpoint.sysctls is known",
                .keysOtherThan([InterfaceParameter.option]))),
        "services.*.networks.*.gw_priority": .acted(by: sandbox),
        "services.*.networks.*.interface_name": .acted(by: sandbox),
        "services.*.networks.*.ipv4_address": .acted(by: "Supervisor/NetworkSetup"),
        "services.*.networks.*.ipv6_address": .acted(by: "Supervisor/NetworkSetup"),
        "services.*.networks.*.link_local_ips": .acted(by: "ContainerNetwork/HostNetwork+Endpoints"),
        "services.*.networks.*.mac_address": .acted(by: sandbox),
        "services.*.networks.*.priority": .acted(by: "Reconciler/ServiceTranslation+Networking"),
        "services.*.ports": .acted(
            by: "ContainerNetwork/PortPublisher",
            .warned(
                "is ignored: the service has no network of its own",
                .across { _, service, document in
                    !sharesNetwork(service) && (hasNoNetwork(service) || isInHostNetwork(service, document))
                }),
            .warned(
                "is ignored: the service's networks are on interfaces of the host, where all its ports are reached",
                .across { _, service, document in hasOnlyParentNetworks(service, document) })),
        "services.*.ports.[].app_protocol": .recorded("it is for platforms that look into the traffic"),
        "services.*.ports.[].host_ip": .asAbove,
        "services.*.ports.[].mode": .recorded("it makes a difference in swarms only"),
        "services.*.ports.[].name": .recorded("it is for people"),
        "services.*.ports.[].protocol": .asAbove,
        "services.*.ports.[].published": .asAbove,
        "services.*.ports.[].target": .asAbove,
    ]

    /// Whether a service is in an external network that is the host's, or none.
    private static func isInHostNetwork(_ service: Mapping, _ document: Mapping) -> Bool {
        let networks = document["networks"]?.mapping
        return service["networks"]?.mapping?.entries.contains { entry in
            let network = networks?[entry.key]
            return network?["external"]?.text == "true" && ["host", "none"].contains(network?["name"]?.string)
        } ?? false
    }

    /// Whether all networks of a service are of drivers that publish no ports of the host.
    private static func hasOnlyParentNetworks(_ service: Mapping, _ document: Mapping) -> Bool {
        if service["network_mode"]?.string?.isEmpty == false { return false }
        let named = service["networks"]?.mapping?.entries.map(\.key) ?? []
        let networks = document["networks"]?.mapping
        return (named.isEmpty ? ["default"] : named).allSatisfy { name in
            ["macvlan", "ipvlan"].contains(networks?[name]?["driver"]?.string)
        }
    }

    private static let resolver = "LocalEngine/MountResolver"
    private static let mountPlan = "ContainerRuntime/ContainerPlanner+Mounts"
    private static let references = "Reconciler/ServiceTranslation+Storage"

    private static let mounts: KeyValuePairs<String, Support> = [
        "services.*.configs": .acted(by: references),
        "services.*.configs.[].gid": .acted(by: "LocalEngine/LocalEngine+Create"),
        "services.*.configs.[].mode": .acted(by: "LocalEngine/LocalEngine+Create"),
        "services.*.configs.[].source": .asAbove,
        "services.*.configs.[].target": .asAbove,
        "services.*.configs.[].uid": .acted(by: "LocalEngine/LocalEngine+Create"),
        "services.*.secrets": .acted(by: references),
        "services.*.secrets.[].gid": .acted(by: "LocalEngine/LocalEngine+Create"),
        "services.*.secrets.[].mode": .acted(by: "LocalEngine/LocalEngine+Create"),
        "services.*.secrets.[].source": .asAbove,
        "services.*.secrets.[].target": .asAbove,
        "services.*.secrets.[].uid": .acted(by: "LocalEngine/LocalEngine+Create"),
        "services.*.volumes": .acted(by: resolver),
        "services.*.volumes.[].bind": .acted(by: resolver),
        "services.*.volumes.[].bind.create_host_path": .acted(by: resolver),
        "services.*.volumes.[].bind.propagation": .acted(by: mountPlan),
        "services.*.volumes.[].bind.recursive": .acted(by: resolver),
        "services.*.volumes.[].bind.selinux": .recorded("containers have no SELinux labels"),
        "services.*.volumes.[].consistency": .recorded("mounts are always consistent"),
        "services.*.volumes.[].image": .asAbove,
        "services.*.volumes.[].image.subpath": .asAbove,
        "services.*.volumes.[].read_only": .acted(by: mountPlan),
        "services.*.volumes.[].source": .asAbove,
        "services.*.volumes.[].target": .asAbove,
        "services.*.volumes.[].tmpfs": .acted(by: mountPlan),
        "services.*.volumes.[].tmpfs.mode": .asAbove,
        "services.*.volumes.[].tmpfs.size": .asAbove,
        "services.*.volumes.[].type": .asAbove(.refused("is not supported", .oneOf(["cluster", "npipe"]))),
        "services.*.volumes.[].volume": .acted(by: resolver),
        "services.*.volumes.[].volume.labels": .warned("is ignored: label the volume below volumes"),
        "services.*.volumes.[].volume.nocopy": .asAbove,
        "services.*.volumes.[].volume.subpath": .asAbove,
    ]

    private static let hooks: KeyValuePairs<String, Support> = [
        "services.*.post_start": .acted(by: "Reconciler/Execution+Operations"),
        "services.*.post_start.[].command": .asAbove,
        "services.*.post_start.[].environment": .asAbove,
        "services.*.post_start.[].privileged": .asAbove,
        "services.*.post_start.[].user": .asAbove,
        "services.*.post_start.[].working_dir": .asAbove,
        "services.*.pre_stop": .acted(by: "Reconciler/Execution+Operations"),
        "services.*.pre_stop.[].command": .asAbove,
        "services.*.pre_stop.[].environment": .asAbove,
        "services.*.pre_stop.[].privileged": .asAbove,
        "services.*.pre_stop.[].user": .asAbove,
        "services.*.pre_stop.[].working_dir": .asAbove,
    ]
}
