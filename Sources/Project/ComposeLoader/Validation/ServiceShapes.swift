internal import Primitives

/// The shapes of a service's attributes.
enum ServiceShapes {
    private static let string = Shapes.string
    private static let boolean = Shapes.boolean
    private static let integer = Shapes.integer
    private static let number = Shapes.number

    static let service = Shape.object(
        plain
            .merging(structured) { first, _ in first }
            .merging(lists) { first, _ in first })

    private static let plain: [String: Shape] = [
        "attach": boolean, "cgroup": .choice("host", "private"), "cgroup_parent": string,
        "container_name": Shape(.string, check: Checks.containerName),
        "cpu_count": .integer(0...Int64.max), "cpu_percent": .integer(0...100), "cpu_shares": number,
        "cpu_quota": number, "cpu_period": number, "cpu_rt_period": number, "cpu_rt_runtime": number, "cpus": number,
        "cpuset": string, "domainname": string, "hostname": string, "image": string, "init": boolean, "ipc": string,
        "isolation": string, "mac_address": string, "mem_limit": number, "mem_reservation": integer,
        "mem_swappiness": integer, "memswap_limit": number, "network_mode": string, "oom_kill_disable": boolean,
        "oom_score_adj": .integer(-1000...1000), "pid": Shape([.string, .null]), "pids_limit": number,
        "platform": string, "privileged": boolean,
        "pull_policy": Shape(.string, check: Checks.pullPolicy), "pull_refresh_after": string, "read_only": boolean,
        "restart": string, "runtime": string, "scale": integer, "shm_size": number, "stdin_open": boolean,
        "stop_grace_period": string, "stop_signal": string, "tty": boolean, "use_api_socket": Shape(.boolean),
        "user": string, "uts": string, "userns_mode": string, "working_dir": string, "storage_opt": anyMapping,
    ]

    private static let anyMapping = Shape(.mapping, open: true)

    private static let lists: [String: Shape] = [
        "annotations": Shapes.listOrMapping, "cap_add": Shapes.uniqueStrings, "cap_drop": Shapes.uniqueStrings,
        "command": Shapes.command, "configs": Shapes.fileReferences, "device_cgroup_rules": Shapes.uniqueStrings,
        "devices": .list(
            .object(
                ["source": string, "target": string, "permissions": string], required: ["source"], also: .string)),
        "dns": Shapes.stringOrList, "dns_opt": Shapes.uniqueStrings, "dns_search": Shapes.stringOrList,
        "entrypoint": Shapes.command,
        "env_file": .list(
            .object(
                ["path": string, "format": string, "required": boolean], required: ["path"], extensible: false,
                also: .string), also: .string),
        "label_file": .list(string, also: .string), "environment": Shapes.listOrMapping,
        "expose": .list(Shape([.string, .number]), unique: true), "external_links": Shapes.uniqueStrings,
        "extra_hosts": Shapes.extraHosts, "group_add": .list(Shape([.string, .number]), unique: true),
        "labels": Shapes.listOrMapping, "links": Shapes.uniqueStrings,
        "ports": .list(
            .object(
                [
                    "name": string, "mode": string, "host_ip": string, "target": integer, "published": integer,
                    "protocol": string, "app_protocol": string,
                ], also: [.number, .string]), unique: true),
        "post_start": .list(hook), "pre_stop": .list(hook), "profiles": Shapes.uniqueStrings,
        "security_opt": Shapes.uniqueStrings, "secrets": Shapes.fileReferences, "sysctls": Shapes.listOrMapping,
        "tmpfs": Shapes.stringOrList, "ulimits": Shapes.ulimits, "volumes": .list(mount, unique: true),
        "volumes_from": Shapes.uniqueStrings,
        "gpus": Shape([.list, .string], items: openDevice, values: ["all"]),
    ]

    private static let structured: [String: Shape] = [
        "build": build, "deploy": DeployShapes.deploy,
        "develop": .object(["watch": .list(watch)], also: .null),
        "blkio_config": .object(
            [
                "device_read_bps": throttle, "device_read_iops": throttle, "device_write_bps": throttle,
                "device_write_iops": throttle, "weight": integer,
                "weight_device": .list(.object(["path": string, "weight": integer], extensible: false)),
            ], extensible: false),
        "credential_spec": .object(["config": string, "file": string, "registry": string]),
        "depends_on": Shape(
            [.list, .mapping],
            named: (
                .identifier,
                .object(
                    [
                        "restart": boolean, "required": Shape(.boolean),
                        "condition": .choice("service_started", "service_healthy", "service_completed_successfully"),
                    ], required: ["condition"])
            ), items: string, unique: true),
        "extends": .object(
            ["service": string, "file": string], required: ["service"], extensible: false, also: .string),
        "provider": .object(
            [
                "type": string,
                "options": .map(.notEmpty, .list(Shapes.scalar, also: Shapes.scalar.kinds), open: true),
            ], required: ["type"]),
        "healthcheck": .object([
            "disable": boolean, "interval": string, "retries": number, "test": .list(string, also: .string),
            "timeout": string, "start_period": string, "start_interval": string,
        ]),
        "logging": .object([
            "driver": string, "options": .map(.notEmpty, Shape([.string, .number, .null]), open: true),
        ]),
        "models": Shape(
            [.list, .mapping],
            named: (.identifier, .object(["endpoint_var": string, "model_var": string], also: .null)),
            open: true, items: string, unique: true),
        "networks": Shape(
            [.list, .mapping], named: (.identifier, attachment), items: string, unique: true),
    ]

    private static let attachment = Shape.object(
        [
            "aliases": Shapes.uniqueStrings, "interface_name": string, "ipv4_address": string,
            "ipv6_address": string, "link_local_ips": Shapes.uniqueStrings, "mac_address": string,
            "driver_opts": Shapes.options, "priority": Shape(.number), "gw_priority": Shape(.number),
        ], also: .null)

    private static let throttle = Shape.list(.object(["path": string, "rate": integer], extensible: false))

    private static let hook = Shape.object(
        [
            "command": Shapes.command, "user": string, "privileged": boolean, "working_dir": string,
            "environment": Shapes.listOrMapping,
        ], required: ["command"])

    private static let watch = Shape.object(
        [
            "ignore": Shapes.stringOrList, "include": Shapes.stringOrList, "path": string,
            "action": .choice("rebuild", "sync", "restart", "sync+restart", "sync+exec"), "target": string,
            "exec": hook, "initial_sync": Shape(.boolean),
        ], required: ["path", "action"])

    private static let openDevice = Shape(.mapping, properties: DeployShapes.device, open: true)

    private static let mount = Shape.object(
        [
            "type": .choice("bind", "volume", "tmpfs", "cluster", "npipe", "image"), "source": string,
            "target": string, "read_only": boolean, "consistency": string,
            "bind": .object([
                "propagation": string, "create_host_path": boolean,
                "recursive": .choice("enabled", "disabled", "writable", "readonly"), "selinux": .choice("z", "Z"),
            ]),
            "volume": .object(["labels": Shapes.listOrMapping, "nocopy": boolean, "subpath": string]),
            "tmpfs": .object(["size": .integer(0...Int64.max), "mode": number]),
            "image": .object(["subpath": string]),
        ], required: ["type"], also: .string)

    private static let build = Shape.object(
        [
            "context": string, "dockerfile": string, "dockerfile_inline": string, "entitlements": Shapes.strings,
            "args": Shapes.listOrMapping, "ssh": Shapes.listOrMapping, "labels": Shapes.listOrMapping,
            "cache_from": Shapes.strings, "cache_to": Shapes.strings, "no_cache": boolean,
            "additional_contexts": Shapes.listOrMapping, "network": string, "provenance": boolean, "sbom": boolean,
            "pull": boolean, "target": string, "shm_size": integer, "extra_hosts": Shapes.extraHosts,
            "isolation": string, "privileged": boolean, "secrets": Shapes.fileReferences, "tags": Shapes.strings,
            "ulimits": Shapes.ulimits, "platforms": Shapes.strings,
        ], also: .string)
}

/// The shapes of `deploy`.
enum DeployShapes {
    private static let string = Shapes.string
    private static let integer = Shapes.integer
    private static let number = Shapes.number

    static let device: [String: Shape] = [
        "capabilities": Shapes.uniqueStrings, "count": integer, "device_ids": Shapes.uniqueStrings,
        "driver": string, "options": Shapes.listOrMapping,
    ]

    private static let update = Shape.object([
        "parallelism": integer, "delay": string, "failure_action": string, "monitor": string,
        "max_failure_ratio": number, "order": .choice("start-first", "stop-first"),
    ])

    static let deploy = Shape.object(
        [
            "mode": string, "endpoint_mode": string, "replicas": integer, "labels": Shapes.listOrMapping,
            "rollback_config": update, "update_config": update,
            "resources": .object([
                "limits": .object(["cpus": number, "memory": string, "pids": integer]),
                "reservations": .object([
                    "cpus": number, "memory": string,
                    "generic_resources": .list(
                        .object(["discrete_resource_spec": .object(["kind": string, "value": number])])),
                    "devices": .list(.object(device, required: ["capabilities"])),
                ]),
            ]),
            "restart_policy": .object([
                "condition": string, "delay": string, "max_attempts": integer, "window": string,
            ]),
            "placement": .object([
                "constraints": Shapes.strings, "preferences": .list(.object(["spread": string])),
                "max_replicas_per_node": integer,
            ]),
        ], also: .null)
}

/// Checks of single texts: what is wrong, or nil.
enum Checks {
    @Sendable static func containerName(_ name: String) -> String? {
        var afterLetter = false
        for byte in name.utf8 {
            let letter = byte >= 48 && byte <= 57 || byte | 32 >= 97 && byte | 32 <= 122
            let allowed = letter || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            if afterLetter, allowed { return nil }
            afterLetter = letter
        }
        return "\"\(name)\" is not a container name: it needs two or more letters, digits, \"_\", \".\" or \"-\""
    }

    @Sendable static func pullPolicy(_ policy: String) -> String? {
        let known = ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"]
        if known.contains(where: { policy.contains($0) }) { return nil }
        if let start = policy.firstRange(of: "every_")?.upperBound {
            let digits = policy.utf8[start...].prefix { $0 >= 48 && $0 <= 57 }
            let unit = policy.utf8[start...].dropFirst(digits.count).first
            if !digits.isEmpty, let unit, "wdhms".utf8.contains(unit) { return nil }
        }
        return "\"\(policy)\" is not a pull policy: use always, never, missing, build, daily, weekly or every_DURATION"
    }
}
