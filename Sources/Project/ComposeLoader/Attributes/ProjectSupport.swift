import Primitives
import YAML

/// The attributes of the file itself and of what stands beside its services.
extension AttributeSupport {
    static let project = rows(projectTable)
    static let networks = rows(networkTable)
    static let volumes = rows(volumeTable)
    static let files = rows(secretTable) + rows(configTable)

    private static let swarm = "is for swarms"
    private static let loader = "ComposeLoader/Include"
    private static let resources = "Reconciler/UpPlanner+Resources"

    private static let projectTable: KeyValuePairs<String, Support> = [
        "include": .acted(by: loader),
        "include.[].env_file": .asAbove,
        "include.[].path": .asAbove,
        "include.[].project_directory": .asAbove,
        "name": .acted(by: "ComposeLoader/ProjectOptions"),
        "version": .recorded("it is obsolete and means nothing"),
        "models": .acted(by: "ComposeCLI/CommandContext+Models"),
        "models.*.context_size": .asAbove,
        "models.*.model": .asAbove,
        "models.*.name": .asAbove,
        "models.*.runtime_flags": .asAbove,
    ]

    private static let addresses = "ContainerNetwork/AddressPlanner"

    private static let networkTable: KeyValuePairs<String, Support> = [
        "networks": .acted(by: resources),
        "networks.*.attachable": .recorded("containers can always be attached"),
        "networks.*.driver": .acted(
            by: "ContainerNetwork/LinkPlanner",
            .refused(
                "cannot be made, there is only one: write network_mode in the services",
                .oneOf(["host", "none", "null"])
            ),
            .refused(
                "is not supported, only bridge, macvlan and ipvlan are",
                .otherThan(NetworkDriver.allCases.map(\.rawValue) + ["host", "none", "null"]))),
        "networks.*.driver_opts": .acted(
            by: "Primitives/NetworkOption",
            .refused(
                "is not a value that the option takes",
                .entries { key, value, network in option(key, of: network).map { !$0.allows(value.text) } ?? false }),
            .warned(
                "is ignored: nothing here acts on it",
                .entries { key, _, network in option(key, of: network) == nil })),
        "networks.*.enable_ipv4": .acted(
            by: addresses,
            .refused(
                "leaves the network without any addresses: set enable_ipv6",
                .when { node, network in
                    node.text == "false" && network["enable_ipv6"]?.text != "true" && !hasIPv6Subnet(network)
                })),
        "networks.*.enable_ipv6": .acted(by: addresses),
        "networks.*.external": .acted(by: resources),
        "networks.*.external.name": .acted(by: "ComposeLoader/Canonical"),
        "networks.*.internal": .acted(by: "Firewall/NetworkRules"),
        "networks.*.ipam": .acted(by: addresses),
        "networks.*.ipam.config": .asAbove,
        "networks.*.ipam.config.[].aux_addresses": .asAbove,
        "networks.*.ipam.config.[].gateway": .asAbove,
        "networks.*.ipam.config.[].ip_range": .asAbove,
        "networks.*.ipam.config.[].subnet": .asAbove,
        "networks.*.ipam.driver": .asAbove(
            .refused("is not supported, only \"default\" is", .otherThan(["default"]))),
        "networks.*.ipam.options": .warned("is ignored: the address planner has no options"),
        "networks.*.labels": .acted(by: "StateStore/StateStore+Networks"),
        "networks.*.name": .acted(by: "Reconciler/ResourceTranslation"),
    ]

    /// nil for what the network's driver does not know, and for drivers that are refused.
    private static func option(_ name: String, of network: Mapping) -> NetworkOption? {
        NetworkDriver(rawValue: network["driver"]?.string ?? "bridge").flatMap { NetworkOption(name, of: $0) }
    }

    private static func hasIPv6Subnet(_ network: Mapping) -> Bool {
        let options = network["driver_opts"]?[NetworkOption.enableIPv6.rawValue]?.text ?? ""
        let pools = network["ipam"]?["config"]?.sequence ?? []
        return options == "true" || pools.contains { $0["subnet"]?.string?.contains(":") ?? false }
    }

    private static let volumeTable: KeyValuePairs<String, Support> = [
        "volumes": .acted(by: resources),
        "volumes.*.driver": .acted(
            by: "LocalEngine/LocalEngine+Volumes",
            .refused("is not supported, only \"local\" is", .otherThan(["local"]))),
        "volumes.*.driver_opts": .acted(by: "EngineModel/VolumeSource"),
        "volumes.*.external": .acted(by: resources),
        "volumes.*.external.name": .acted(by: "ComposeLoader/Canonical"),
        "volumes.*.labels": .acted(by: "StateStore/StateStore+Volumes"),
        "volumes.*.name": .acted(by: "Reconciler/ResourceTranslation"),
    ]

    private static let references = "Reconciler/ServiceTranslation+Storage"

    private static let secretTable: KeyValuePairs<String, Support> = [
        "secrets": .acted(by: references),
        "secrets.*.driver": .refused(swarm),
        "secrets.*.driver_opts": .warned(swarm),
        "secrets.*.environment": .acted(by: "ComposeLoader/DocumentLoader"),
        "secrets.*.external": .refused(swarm),
        "secrets.*.external.name": .asAbove,
        "secrets.*.file": .acted(by: references),
        "secrets.*.labels": .recorded("a secret is a file here and not an object"),
        "secrets.*.name": .recorded("a secret is a file here and not an object"),
        "secrets.*.template_driver": .refused(swarm),
    ]

    private static let configTable: KeyValuePairs<String, Support> = [
        "configs": .acted(by: references),
        "configs.*.content": .acted(by: references),
        "configs.*.environment": .acted(by: "ComposeLoader/DocumentLoader"),
        "configs.*.external": .refused(swarm),
        "configs.*.external.name": .asAbove,
        "configs.*.file": .acted(by: references),
        "configs.*.labels": .recorded("a config is a file here and not an object"),
        "configs.*.name": .recorded("a config is a file here and not an object"),
        "configs.*.template_driver": .refused(swarm),
    ]
}
