import ComposeModel
import YAML

/// Reads a service.
struct DecodeService {
    static func read(_ name: String, _ node: Node, _ decoder: Decoder) throws(LoadFailure) -> Service {
        try DecodeProject.read(Service(name: name), node, decoder, attributes, \.extensions)
    }

    private static let attributes: Attributes<Service> = plain.merging(collections) { first, _ in first }
        .merging(objects) { first, _ in first }

    private static let plain: Attributes<Service> = [
        "attach": boolean(\.attach), "cgroup_parent": text(\.cgroupParent), "cgroup": text(\.cgroup),
        "cpu_count": integer(\.cpuCount), "cpu_percent": number(\.cpuPercent), "cpu_period": integer(\.cpuPeriod),
        "cpu_quota": integer(\.cpuQuota), "cpu_rt_period": integer(\.cpuRealtimePeriod),
        "cpu_rt_runtime": integer(\.cpuRealtimeRuntime), "cpus": number(\.cpus), "cpuset": text(\.cpuset),
        "cpu_shares": integer(\.cpuShares), "container_name": text(\.containerName), "domainname": text(\.domainname),
        "hostname": text(\.hostname), "image": text(\.image), "init": boolean(\.initProcess), "ipc": text(\.ipc),
        "isolation": text(\.isolation), "mem_limit": size(\.memLimit), "mem_reservation": size(\.memReservation),
        "memswap_limit": size(\.memSwapLimit), "mem_swappiness": size(\.memSwappiness),
        "mac_address": text(\.macAddress), "network_mode": text(\.networkMode),
        "oom_kill_disable": boolean(\.oomKillDisable), "oom_score_adj": integer(\.oomScoreAdj), "pid": text(\.pid),
        "pids_limit": integer(\.pidsLimit), "platform": text(\.platform), "privileged": boolean(\.privileged),
        "pull_policy": text(\.pullPolicy), "read_only": boolean(\.readOnly), "restart": text(\.restart),
        "runtime": text(\.runtime), "scale": count(\.scale), "shm_size": size(\.shmSize),
        "stdin_open": boolean(\.stdinOpen), "stop_grace_period": duration(\.stopGracePeriod),
        "stop_signal": text(\.stopSignal), "tty": boolean(\.tty), "use_api_socket": boolean(\.useAPISocket),
        "user": text(\.user), "userns_mode": text(\.usernsMode), "uts": text(\.uts), "working_dir": text(\.workingDir),
    ]

    private static let collections: Attributes<Service> = [
        "profiles": strings(\.profiles), "annotations": mapping(\.annotations), "cap_add": strings(\.capAdd),
        "cap_drop": strings(\.capDrop), "command": command(\.command), "entrypoint": command(\.entrypoint),
        "device_cgroup_rules": strings(\.deviceCgroupRules), "dns": strings(\.dns), "dns_opt": strings(\.dnsOptions),
        "dns_search": strings(\.dnsSearch), "environment": variables(\.environment), "expose": scalars(\.expose),
        "external_links": strings(\.externalLinks), "extra_hosts": hosts(\.extraHosts),
        "group_add": strings(\.groupAdd), "labels": mapping(\.labels), "label_file": strings(\.labelFiles),
        "links": strings(\.links), "security_opt": strings(\.securityOpt),
        "storage_opt": map(\.storageOpt) { _, node, decoder throws(LoadFailure) in try decoder.text(node) },
        "sysctls": mapping(\.sysctls), "tmpfs": strings(\.tmpfs), "volumes_from": strings(\.volumesFrom),
    ]

    private static let objects: Attributes<Service> = [
        "build": object(\.build) { node, decoder throws(LoadFailure) in try DecodeBuild.read(node, decoder) },
        "develop": object(\.develop) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(DevelopConfig(), node, decoder, DecodeBuild.develop, \.extensions)
        },
        "blkio_config": object(\.blkioConfig) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(BlkioConfig(), node, decoder, DecodeDeploy.blkio, \.extensions)
        },
        "configs": list(\.configs, ServiceParts.reference), "secrets": list(\.secrets, ServiceParts.reference),
        "credential_spec": object(\.credentialSpec) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(CredentialSpec(), node, decoder, ServiceParts.credentialSpec, \.extensions)
        },
        "depends_on": map(\.dependsOn) { _, node, decoder throws(LoadFailure) in
            try DecodeProject.read(
                ServiceDependency(required: false), node, decoder, ServiceParts.dependency, \.extensions)
        },
        "deploy": object(\.deploy) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(DeployConfig(), node, decoder, DecodeDeploy.deploy, \.extensions)
        },
        "devices": list(\.devices) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(DeviceConfig(source: ""), node, decoder, ServiceParts.device, \.extensions)
        },
        "provider": object(\.provider) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(ProviderConfig(type: ""), node, decoder, ServiceParts.provider, \.extensions)
        },
        "env_file": list(\.envFiles) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(EnvFile(path: "", required: false), node, decoder, ServiceParts.envFile, nil)
        },
        "gpus": list(\.gpus, DecodeDeploy.deviceRequest),
        "healthcheck": object(\.healthcheck) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(HealthcheckConfig(), node, decoder, ServiceParts.healthcheck, \.extensions)
        },
        "logging": object(\.logging) { node, decoder throws(LoadFailure) in
            try DecodeProject.read(LoggingConfig(), node, decoder, ServiceParts.logging, \.extensions)
        },
        "models": map(\.models) { _, node, decoder throws(LoadFailure) in
            if node.isNull { return nil }
            return try DecodeProject.read(ServiceModel(), node, decoder, ServiceParts.model, \.extensions)
        },
        "networks": map(\.networks) { _, node, decoder throws(LoadFailure) in
            if node.isNull { return nil }
            return try DecodeProject.read(ServiceNetwork(), node, decoder, ServiceParts.network, \.extensions)
        },
        "ports": list(\.ports, ServiceParts.port),
        "ulimits": map(\.ulimits, ServiceParts.ulimit),
        "volumes": list(\.volumes, ServiceParts.volume),
        "post_start": list(\.postStart, ServiceParts.hook), "pre_stop": list(\.preStop, ServiceParts.hook),
    ]
}
