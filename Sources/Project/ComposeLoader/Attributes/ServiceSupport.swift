import YAML

/// The attributes of a service that stand directly in it.
extension AttributeSupport {
    private static let windows = "is for Windows"
    private static let process = "LocalEngine/ProcessDefaults"
    private static let planner = "ContainerRuntime/ContainerPlanner"
    private static let cgroup = "Cgroups/CgroupSetting"
    private static let networkFiles = "Supervisor/NetworkFiles"

    static let service = rows(processes) + rows(resources) + rows(surroundings) + rows(lifecycle)

    private static let processes: KeyValuePairs<String, Support> = [
        "services.*.cap_add": .acted(by: "ContainerRuntime/Capabilities"),
        "services.*.cap_drop": .acted(by: "ContainerRuntime/Capabilities"),
        "services.*.cgroup": .acted(by: planner),
        "services.*.command": .acted(by: process),
        "services.*.credential_spec": .warned(windows),
        "services.*.credential_spec.config": .asAbove,
        "services.*.credential_spec.file": .asAbove,
        "services.*.credential_spec.registry": .asAbove,
        "services.*.entrypoint": .acted(by: process),
        "services.*.env_file": .acted(by: "ComposeLoader/EnvironmentFiles"),
        "services.*.env_file.[].format": .asAbove,
        "services.*.env_file.[].path": .asAbove,
        "services.*.env_file.[].required": .asAbove,
        "services.*.environment": .acted(by: process),
        "services.*.group_add": .acted(by: "ContainerRuntime/ProcessTail"),
        "services.*.init": .acted(by: planner),
        "services.*.ipc": .acted(by: planner),
        "services.*.isolation": .recorded(
            "containers are always isolated by namespaces",
            .refused("is for Windows, only \"default\" is possible", .otherThan(["default"]))),
        "services.*.oom_score_adj": .acted(by: "ContainerRuntime/ProcessTail"),
        "services.*.pid": .acted(by: planner),
        "services.*.privileged": .acted(by: planner),
        "services.*.runtime": .recorded(
            "the runtime is built in",
            .refused(
                "is not supported: the runtime is built in, leave it out or write runc",
                .otherThan(["runc", "io.containerd.runc.v2"]))),
        "services.*.security_opt": .acted(by: "LocalEngine/SecurityOptions"),
        "services.*.stdin_open": .acted(by: "Supervisor/StandardStreams"),
        "services.*.sysctls": .acted(by: "ContainerRuntime/ContainerPlanner+Sysctls"),
        "services.*.tty": .acted(by: "Supervisor/StandardStreams"),
        "services.*.ulimits": .acted(by: "ContainerRuntime/ProcessLimits"),
        "services.*.ulimits.*.hard": .asAbove,
        "services.*.ulimits.*.soft": .asAbove,
        "services.*.use_api_socket": .refused("is not supported: there is no engine socket"),
        "services.*.user": .acted(by: process),
        "services.*.userns_mode": .recorded(
            "containers are in the user namespace of the engine",
            .warned(
                "is ignored: there are no user namespaces, it can only be \"host\"", .otherThan(["host", "private"]))),
        "services.*.uts": .acted(by: planner),
        "services.*.working_dir": .acted(by: process),
    ]

    private static let resources: KeyValuePairs<String, Support> = [
        "services.*.blkio_config": .acted(by: "Cgroups/BlockSettings"),
        "services.*.blkio_config.device_read_bps": .asAbove,
        "services.*.blkio_config.device_read_bps.[].path": .asAbove,
        "services.*.blkio_config.device_read_bps.[].rate": .asAbove,
        "services.*.blkio_config.device_read_iops": .asAbove,
        "services.*.blkio_config.device_read_iops.[].path": .asAbove,
        "services.*.blkio_config.device_read_iops.[].rate": .asAbove,
        "services.*.blkio_config.device_write_bps": .asAbove,
        "services.*.blkio_config.device_write_bps.[].path": .asAbove,
        "services.*.blkio_config.device_write_bps.[].rate": .asAbove,
        "services.*.blkio_config.device_write_iops": .asAbove,
        "services.*.blkio_config.device_write_iops.[].path": .asAbove,
        "services.*.blkio_config.device_write_iops.[].rate": .asAbove,
        "services.*.blkio_config.weight": .asAbove,
        "services.*.blkio_config.weight_device": .asAbove,
        "services.*.blkio_config.weight_device.[].path": .asAbove,
        "services.*.blkio_config.weight_device.[].weight": .asAbove,
        "services.*.cgroup_parent": .acted(by: "ContainerRuntime/ContainerRuntime"),
        "services.*.cpu_count": .warned(windows),
        "services.*.cpu_percent": .warned(windows),
        "services.*.cpu_period": .acted(by: cgroup),
        "services.*.cpu_quota": .acted(by: cgroup),
        "services.*.cpu_rt_period": .acted(by: cgroup),
        "services.*.cpu_rt_runtime": .acted(by: cgroup),
        "services.*.cpu_shares": .acted(by: cgroup),
        "services.*.cpus": .acted(by: cgroup),
        "services.*.cpuset": .acted(by: cgroup),
        "services.*.device_cgroup_rules": .acted(by: "ContainerRuntime/Devices"),
        "services.*.devices": .acted(by: "ContainerRuntime/Devices"),
        "services.*.devices.[].permissions": .asAbove,
        "services.*.devices.[].source": .asAbove,
        "services.*.devices.[].target": .asAbove,
        "services.*.gpus": .acted(by: "CDI/CDIRegistry"),
        "services.*.gpus.[].capabilities": .asAbove,
        "services.*.gpus.[].count": .asAbove,
        "services.*.gpus.[].device_ids": .asAbove,
        "services.*.gpus.[].driver": .asAbove,
        "services.*.gpus.[].options": .refused(
            "is not supported: devices are described by specifications in /etc/cdi, which have no options"),
        "services.*.mem_limit": .acted(by: cgroup),
        "services.*.mem_reservation": .acted(by: cgroup),
        "services.*.mem_swappiness": .acted(by: cgroup),
        "services.*.memswap_limit": .acted(by: cgroup),
        "services.*.oom_kill_disable": .acted(by: cgroup),
        "services.*.pids_limit": .acted(by: cgroup),
        "services.*.read_only": .acted(by: "ContainerRuntime/ContainerPlanner+FileSystems"),
        "services.*.shm_size": .acted(by: "ContainerRuntime/ContainerPlanner+FileSystems"),
        "services.*.storage_opt": .warned("is ignored: container layers have no size limit"),
        "services.*.tmpfs": .acted(by: "ContainerRuntime/ContainerPlanner+Mounts"),
        "services.*.volumes_from": .acted(by: "LocalEngine/MountResolver"),
    ]

    private static let surroundings: KeyValuePairs<String, Support> = [
        "services.*.dns": .acted(by: networkFiles),
        "services.*.dns_opt": .acted(by: networkFiles, sharedFiles),
        "services.*.dns_search": .acted(by: networkFiles, sharedFiles),
        "services.*.domainname": .acted(by: planner),
        "services.*.expose": .acted(by: "LocalEngine/LocalEngine+Create"),
        "services.*.external_links": .acted(by: "Supervisor/NetworkSetup", unlinked),
        "services.*.extra_hosts": .acted(by: networkFiles),
        "services.*.hostname": .acted(by: planner),
        "services.*.links": .acted(by: "Supervisor/NetworkSetup", unlinked),
        "services.*.mac_address": .acted(
            by: "Supervisor/NetworkSetup",
            .warned(
                "is ignored: the service has no network of its own", .when { $1["network_mode"]?.string == "none" })),
        "services.*.network_mode": .acted(by: "Supervisor/NetworkSetup"),
    ]

    private static let lifecycle: KeyValuePairs<String, Support> = [
        "services": .acted(by: "Reconciler/UpPlanner"),
        "services.*.annotations": .recorded("they are for other runtimes; the container's record has them"),
        "services.*.attach": .acted(by: "ComposeCLI/AttachedUp"),
        "services.*.container_name": .acted(by: "Reconciler/ContainerNames"),
        "services.*.depends_on": .acted(by: "Reconciler/ServiceGraph"),
        "services.*.depends_on.*.condition": .acted(by: "Reconciler/UpPlanner+Services"),
        "services.*.depends_on.*.required": .acted(by: "Reconciler/UpPlanner+Services"),
        "services.*.depends_on.*.restart": .acted(by: "Reconciler/ServiceGraph"),
        "services.*.extends": .acted(by: "ComposeLoader/Extends"),
        "services.*.extends.file": .asAbove,
        "services.*.extends.service": .asAbove,
        "services.*.image": .acted(by: "Reconciler/SupplyPlanner"),
        "services.*.label_file": .acted(by: "ComposeLoader/EnvironmentFiles"),
        "services.*.labels": .acted(by: "StateStore/ContainerRecord"),
        "services.*.models": .acted(by: "ComposeCLI/CommandContext+Models"),
        "services.*.models.*.endpoint_var": .asAbove,
        "services.*.models.*.model_var": .asAbove,
        "services.*.platform": .acted(by: "Registry/PlatformChoice"),
        "services.*.profiles": .acted(by: "ComposeLoader/ServiceSelection"),
        "services.*.provider": .acted(by: "ComposeCLI/CommandContext+Providers"),
        "services.*.provider.options": .asAbove,
        "services.*.provider.type": .asAbove,
        "services.*.pull_policy": .acted(by: "Reconciler/PullPolicy"),
        "services.*.pull_refresh_after": .warned("is ignored: write pull_policy: every_DURATION"),
        "services.*.restart": .acted(by: "Supervisor/ContainerLifecycle"),
        "services.*.scale": .acted(by: "Reconciler/UpPlanner"),
        "services.*.stop_grace_period": .acted(by: "Supervisor/ContainerRun"),
        "services.*.stop_signal": .acted(by: "Supervisor/ContainerRun"),
    ]

    private static let sharedFiles = Support.Exception.warned(
        "is ignored: the files of the container that the network is shared with count", .when { sharesNetwork($1) })

    private static let unlinked = Support.Exception.warned(
        "is ignored: names are found in networks of the service's own",
        .when { links, service in !(links.sequence ?? []).isEmpty && hasNoNetwork(service) })

    /// Whether a service is in the network of another container.
    static func sharesNetwork(_ service: Mapping) -> Bool {
        let mode = service["network_mode"]?.string ?? ""
        return mode.hasPrefix("service:") || mode.hasPrefix("container:")
    }

    /// Whether a service is in another's network or the host's.
    static func hasNoNetwork(_ service: Mapping) -> Bool {
        sharesNetwork(service) || ["host", "none"].contains(service["network_mode"]?.string)
    }
}
