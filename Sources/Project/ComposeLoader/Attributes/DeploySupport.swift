import YAML

/// The attributes of `deploy`.
extension AttributeSupport {
    static let deploy = rows(deployTable) + rows(limits) + rows(updates)

    private static let swarm = "is for swarms"
    private static let translation = "Reconciler/ServiceTranslation"
    private static let updatePolicy = "Reconciler/UpdatePolicy"

    private static let deployTable: KeyValuePairs<String, Support> = [
        "services.*.deploy": .acted(by: translation),
        "services.*.deploy.endpoint_mode": .warned(swarm),
        "services.*.deploy.labels": .warned(swarm),
        "services.*.deploy.mode": .acted(
            by: "Reconciler/UpPlanner",
            .refused(
                "is not a mode: write replicated, global, replicated-job or global-job",
                .otherThan(["replicated", "global", "replicated-job", "global-job"])),
            .refused(
                "is for jobs, which end: restart_policy.condition can only be none or on-failure",
                .when { node, deploy in
                    let condition = deploy["restart_policy"]?.mapping?["condition"]?.string ?? "none"
                    return node.text.hasSuffix("-job") && !["none", "no", "on-failure"].contains(condition)
                })),
        "services.*.deploy.placement": .warned(swarm),
        "services.*.deploy.placement.constraints": .asAbove,
        "services.*.deploy.placement.max_replicas_per_node": .asAbove,
        "services.*.deploy.placement.preferences": .asAbove,
        "services.*.deploy.placement.preferences.[].spread": .asAbove,
        "services.*.deploy.replicas": .acted(
            by: "Reconciler/UpPlanner",
            .warned(
                "is ignored: a global service has one container on each machine",
                .when { node, deploy in deploy["mode"]?.text.hasPrefix("global") == true && node.text != "1" })),
        "services.*.deploy.restart_policy": .acted(by: translation),
        "services.*.deploy.restart_policy.condition": .acted(by: translation),
        "services.*.deploy.restart_policy.delay": .acted(by: "Supervisor/RestartBackoff"),
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
        "services.*.deploy.restart_policy.window": .acted(by: "Supervisor/RestartBackoff"),
    ]

    private static let limits: KeyValuePairs<String, Support> = [
        "services.*.deploy.resources": .acted(by: "Reconciler/ServiceTranslation+Resources"),
        "services.*.deploy.resources.limits": .acted(by: "Cgroups/CgroupSetting"),
        "services.*.deploy.resources.limits.cpus": .asAbove,
        "services.*.deploy.resources.limits.memory": .asAbove,
        "services.*.deploy.resources.limits.pids": .asAbove,
        "services.*.deploy.resources.reservations": .acted(by: "Reconciler/ServiceTranslation+Resources"),
        "services.*.deploy.resources.reservations.cpus": .warned("is ignored"),
        "services.*.deploy.resources.reservations.devices": .acted(by: "CDI/CDIRegistry"),
        "services.*.deploy.resources.reservations.devices.[].capabilities": .asAbove,
        "services.*.deploy.resources.reservations.devices.[].count": .asAbove,
        "services.*.deploy.resources.reservations.devices.[].device_ids": .asAbove,
        "services.*.deploy.resources.reservations.devices.[].driver": .asAbove,
        "services.*.deploy.resources.reservations.devices.[].options": .refused(
            "is not supported: devices are described by specifications in /etc/cdi, which have no options"),
        "services.*.deploy.resources.reservations.generic_resources": .warned(swarm),
        "services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec": .asAbove,
        "services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec.kind": .asAbove,
        "services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec.value": .asAbove,
        "services.*.deploy.resources.reservations.memory": .acted(by: "Cgroups/CgroupSetting"),
    ]

    private static let updates: KeyValuePairs<String, Support> = [
        "services.*.deploy.rollback_config": .warned("is ignored: an update that failed is taken back at once"),
        "services.*.deploy.rollback_config.delay": .asAbove,
        "services.*.deploy.rollback_config.failure_action": .asAbove,
        "services.*.deploy.rollback_config.max_failure_ratio": .asAbove,
        "services.*.deploy.rollback_config.monitor": .asAbove,
        "services.*.deploy.rollback_config.order": .asAbove,
        "services.*.deploy.rollback_config.parallelism": .asAbove,
        "services.*.deploy.update_config": .acted(by: updatePolicy),
        "services.*.deploy.update_config.delay": .asAbove,
        "services.*.deploy.update_config.failure_action": .acted(
            by: updatePolicy,
            .refused(
                "is not an action: write pause, continue or rollback", .otherThan(["pause", "continue", "rollback"]))),
        "services.*.deploy.update_config.max_failure_ratio": .warned("is ignored: the first failure counts"),
        "services.*.deploy.update_config.monitor": .asAbove,
        "services.*.deploy.update_config.order": .asAbove,
        "services.*.deploy.update_config.parallelism": .asAbove,
    ]
}
