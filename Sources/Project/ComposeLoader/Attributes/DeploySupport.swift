import YAML

/// The attributes of `deploy`.
extension AttributeSupport {
    static let deploy = rows(deployTable) + rows(limits) + rows(updates)

    private static let swarm = "is for swarms"
    private static let translation = "Reconciler/ServiceTranslation"

    private static let deployTable: KeyValuePairs<String, Support> = [
        "services.*.deploy": .acted(by: translation),
        "services.*.deploy.endpoint_mode": .warned(swarm),
        "services.*.deploy.labels": .warned(swarm),
        "services.*.deploy.mode": .acted(
            by: "Reconciler/UpPlanner", .warned("is for swarms, only \"replicated\" is not", .otherThan(["replicated"]))
        ),
        "services.*.deploy.placement": .warned(swarm),
        "services.*.deploy.placement.constraints": .asAbove,
        "services.*.deploy.placement.max_replicas_per_node": .asAbove,
        "services.*.deploy.placement.preferences": .asAbove,
        "services.*.deploy.placement.preferences.[].spread": .asAbove,
        "services.*.deploy.replicas": .acted(by: "Reconciler/UpPlanner"),
        "services.*.deploy.restart_policy": .acted(by: translation),
        "services.*.deploy.restart_policy.condition": .acted(
            by: translation,
            .refused(
                "is not a condition, use none, on-failure or any",
                .otherThan(["none", "no", "on-failure", "any", "always", "unless-stopped"]))),
        "services.*.deploy.restart_policy.delay": .warned(
            "is ignored: restarts come at once, after 0.2 s, and then after twice as long each time"),
        "services.*.deploy.restart_policy.max_attempts": .acted(
            by: translation,
            .warned(
                "is ignored: it only counts with the condition on-failure",
                .when { node, policy in node.text != "0" && policy["condition"]?.string == nil }),
            .refused(
                "cannot be kept: it only counts with the condition on-failure",
                .when { node, policy in
                    let condition = policy["condition"]?.string ?? "on-failure"
                    return node.text != "0" && condition != "on-failure"
                })),
        "services.*.deploy.restart_policy.window": .warned("is ignored"),
    ]

    private static let limits: KeyValuePairs<String, Support> = [
        "services.*.deploy.resources": .acted(by: "Reconciler/ServiceTranslation+Resources"),
        "services.*.deploy.resources.limits": .acted(by: "Cgroups/CgroupSetting"),
        "services.*.deploy.resources.limits.cpus": .asAbove,
        "services.*.deploy.resources.limits.memory": .asAbove,
        "services.*.deploy.resources.limits.pids": .asAbove,
        "services.*.deploy.resources.reservations": .acted(by: "Reconciler/ServiceTranslation+Resources"),
        "services.*.deploy.resources.reservations.cpus": .warned("is ignored"),
        "services.*.deploy.resources.reservations.devices": .refused(
            "is not supported: pass the device files with devices"),
        "services.*.deploy.resources.reservations.devices.[].capabilities": .asAbove,
        "services.*.deploy.resources.reservations.devices.[].count": .asAbove,
        "services.*.deploy.resources.reservations.devices.[].device_ids": .asAbove,
        "services.*.deploy.resources.reservations.devices.[].driver": .asAbove,
        "services.*.deploy.resources.reservations.devices.[].options": .asAbove,
        "services.*.deploy.resources.reservations.generic_resources": .warned(swarm),
        "services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec": .asAbove,
        "services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec.kind": .asAbove,
        "services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec.value": .asAbove,
        "services.*.deploy.resources.reservations.memory": .acted(by: "Cgroups/CgroupSetting"),
    ]

    private static let updates: KeyValuePairs<String, Support> = [
        "services.*.deploy.rollback_config": .warned(swarm),
        "services.*.deploy.rollback_config.delay": .asAbove,
        "services.*.deploy.rollback_config.failure_action": .asAbove,
        "services.*.deploy.rollback_config.max_failure_ratio": .asAbove,
        "services.*.deploy.rollback_config.monitor": .asAbove,
        "services.*.deploy.rollback_config.order": .asAbove,
        "services.*.deploy.rollback_config.parallelism": .asAbove,
        "services.*.deploy.update_config": .warned(swarm),
        "services.*.deploy.update_config.delay": .asAbove,
        "services.*.deploy.update_config.failure_action": .asAbove,
        "services.*.deploy.update_config.max_failure_ratio": .asAbove,
        "services.*.deploy.update_config.monitor": .asAbove,
        "services.*.deploy.update_config.order": .asAbove,
        "services.*.deploy.update_config.parallelism": .asAbove,
    ]
}
