import ContainerModel
import EngineModel
import ImageModel
import Primitives
import YAML

/// What is checked of which attribute before something is made of it. Where docker has words for it, they are said.
enum ValueChecks {
    static let table: [(path: String, rule: ValueCheck)] =
        [process, resources, surroundings, mounts, volumes, networks].flatMap { part in
            part.map { (path: $0.key, rule: $0.value) }
        }

    static let rules = PathRules<ValueCheck>(table)

    private static let process: KeyValuePairs<String, ValueCheck> = [
        "services.*.image": .text(image),
        "services.*.build.tags": .text(image),
        "services.*.user": .text(user),
        "services.*.post_start.[].user": .text(user),
        "services.*.pre_stop.[].user": .text(user),
        "services.*.working_dir": .text { text in
            text.isEmpty || text.hasPrefix("/")
                ? nil : "the working directory '\(text)' is invalid, it needs to be an absolute path"
        },
        "services.*.stop_signal": .text { text in
            text.isEmpty || SignalName.number(text) != nil ? nil : "invalid signal: \(text)"
        },
        "services.*.cap_add": .text { capability($0, "CapAdd") },
        "services.*.cap_drop": .text { capability($0, "CapDrop") },
        "services.*.security_opt": .text(securityOption).and(ValueCheck(MountChecks.labels))
            .and(ValueCheck(MountChecks.profiles)),
        "services.*.ulimits": ValueCheck(ulimits),
        "services.*.build.ulimits": ValueCheck(ulimits),
        "services.*.sysctls": .pairs(NamespaceChecks.sysctl),
        "services.*.pid": .text { NamespaceChecks.mode($0, "PID", among: ["host", "private"]) },
        "services.*.ipc": .text { NamespaceChecks.mode($0, "IPC", among: ["host", "private", "shareable", "none"]) },
        "services.*.uts": .text { NamespaceChecks.mode($0, "UTS", among: ["host", "private"]) },
        "services.*.restart": .text(restart),
        "services.*.deploy.restart_policy.condition": .text(restartCondition),
        "services.*.healthcheck.interval": .text { probe($0, "Interval") },
        "services.*.healthcheck.timeout": .text { probe($0, "Timeout") },
        "services.*.healthcheck.start_period": .text { probe($0, "StartPeriod") },
        "services.*.healthcheck.start_interval": .text { probe($0, "StartInterval") },
        "services.*.annotations": .pairs { key, _, _ in
            key.isEmpty ? "invalid Annotations: the empty string is not permitted as an annotation key" : nil
        },
        "services.*.environment": .pairs { key, _, _ in key.isEmpty ? "a variable has no name" : nil },
    ]

    private static let resources: KeyValuePairs<String, ValueCheck> = [
        "services.*.cpus": .value(ResourceChecks.processors),
        "services.*.deploy.resources.limits.cpus": .value(ResourceChecks.processors),
        "services.*.cpu_period": .value(ResourceChecks.period),
        "services.*.cpu_quota": .value(ResourceChecks.quota),
        "services.*.cpu_shares": .value(ResourceChecks.shares),
        "services.*.cpu_rt_runtime": .value(ResourceChecks.realtime)
            .and(.ignored(ResourceChecks.unscheduled, if: \.host.isUnified)),
        "services.*.cpu_rt_period": .ignored(ResourceChecks.unscheduled, if: \.host.isUnified),
        "services.*.cpuset": .value(ResourceChecks.processorSet),
        "services.*.mem_limit": .value(ResourceChecks.memory),
        "services.*.deploy.resources.limits.memory": .value(ResourceChecks.memory),
        "services.*.mem_reservation": .value(ResourceChecks.reservation),
        "services.*.deploy.resources.reservations.memory": .value(ResourceChecks.reservation),
        "services.*.memswap_limit": .value(ResourceChecks.swap).and(
            .ignored("the kernel does not account for swap: memory limited without swap") {
                $0.host.lacks("memory.memsw.limit_in_bytes", of: "memory")
            }),
        "services.*.mem_swappiness": .value(ResourceChecks.swappiness).and(
            .ignored("control groups of version 2 have none: memory swappiness discarded", if: \.host.isUnified)),
        "services.*.oom_kill_disable": .ignored(
            "control groups of version 2 cannot do it: OomKillDisable discarded", if: \.host.isUnified),
        "services.*.shm_size": .value(ResourceChecks.sharedMemory),
        "services.*.build.shm_size": .value(ResourceChecks.sharedMemory),
        "services.*.blkio_config.weight": .value(ResourceChecks.weight),
        "services.*.blkio_config.weight_device.[].weight": .value(ResourceChecks.weight),
        "services.*.blkio_config.weight_device.[]": ValueCheck(ResourceChecks.weightDevice),
        "services.*.blkio_config.device_read_bps.[].rate": .value(ResourceChecks.rate),
        "services.*.blkio_config.device_read_iops.[].rate": .value(ResourceChecks.rate),
        "services.*.blkio_config.device_write_bps.[].rate": .value(ResourceChecks.rate),
        "services.*.blkio_config.device_write_iops.[].rate": .value(ResourceChecks.rate),
        "services.*.devices.[]": ValueCheck(ResourceChecks.device),
        "services.*.device_cgroup_rules": .text { text in
            (try? DeviceRule(parsing: text)) == nil ? "invalid device cgroup rule format: '\(text)'" : nil
        },
    ]

    private static let surroundings: KeyValuePairs<String, ValueCheck> = [
        "services.*.hostname": .text { nodeName($0, "host") }.and(.value(NetworkModeChecks.hostname)),
        "services.*.domainname": .text { nodeName($0, "domain") },
        "services.*.mac_address": .text(macAddress).and(.value(NetworkModeChecks.macAddress)),
        "services.*.dns": .text(address).and(.value(NetworkModeChecks.dns)),
        "services.*.extra_hosts": ValueCheck(NetworkModeChecks.hosts).and(.value(NetworkModeChecks.extraHosts)),
        "services.*.ports": .value(NetworkModeChecks.ports),
        "services.*.ports.[]": .value(port),
        "services.*.expose": .text { text in
            wrong { () throws(GrammarError) in _ = try ContainerPort.parse(text) }
        }.and(.value(NetworkModeChecks.expose)),
        "services.*.networks": ValueCheck(EndpointChecks.interfaceNames),
        "services.*.networks.*.mac_address": .text(macAddress),
        "services.*.networks.*.interface_name": .text(interfaceName),
        "services.*.networks.*.link_local_ips": .text(address),
        "services.*.networks.*": ValueCheck(EndpointChecks.addresses),
        "services.*.networks.*.driver_opts": ValueCheck(EndpointChecks.driverOptions),
    ]

    private static let mounts: KeyValuePairs<String, ValueCheck> = [
        "services.*.volumes.[]": ValueCheck(MountChecks.mount),
        "services.*.tmpfs": .text(MountChecks.tmpfs),
        "services.*.secrets.[]": ValueCheck { MountChecks.reference($0, "secret") },
        "services.*.configs.[]": ValueCheck { MountChecks.reference($0, "config") },
    ]

    private static let volumes: KeyValuePairs<String, ValueCheck> = [
        "volumes.*.driver_opts": ValueCheck(MountChecks.driverOptions)
    ]

    private static let networks: KeyValuePairs<String, ValueCheck> = [
        "networks.*.ipam.config": ValueCheck(PoolChecks.families),
        "networks.*.ipam.config.[]": ValueCheck(PoolChecks.pool),
    ]
}

// MARK: Single values

extension ValueChecks {
    /// What a parser of a little language says against a text, or nil.
    static func wrong(_ parse: () throws(GrammarError) -> Void) -> String? {
        do throws(GrammarError) {
            try parse()
            return nil
        } catch {
            return error.description
        }
    }

    private static func user(_ text: String) -> String? {
        wrong { () throws(GrammarError) in _ = try UserSpecification(parsing: text) }
    }

    private static func image(_ text: String) -> String? {
        do throws(ImageFormatError) {
            _ = try ImageReference(text)
            return nil
        } catch {
            return "invalid reference format: \"\(text.prefix(300))\": \(error.reason)"
        }
    }

    private static func capability(_ name: String, _ list: String) -> String? {
        if CapabilityName(name) != nil || CapabilityName.meansAll(name) { return nil }
        let guess = Spelling.suggestion(for: CapabilityName.short(name), among: CapabilityName.all)
        return "invalid \(list): unknown capability: \"CAP_\(CapabilityName.short(name))\"\(guess)"
    }

    private static let securityOptions = [
        "no-new-privileges", "seccomp", "apparmor", "systempaths", "label",
    ]

    private static func securityOption(_ text: String) -> String? {
        let name = text.prefix { $0 != "=" && $0 != ":" }
        if securityOptions.contains(String(name)) { return nil }
        let guess = Spelling.suggestion(for: String(name), among: securityOptions)
        return "invalid --security-opt: \"\(text)\": it is one of \(securityOptions.joined(separator: ", "))\(guess)"
    }

    private static func restart(_ text: String) -> String? {
        do throws(GrammarError) {
            _ = try RestartPolicy(parsing: text)
            return nil
        } catch {
            let name = text.prefix { $0 != ":" }
            if ["no", "always", "on-failure", "unless-stopped"].contains(name) {
                return "invalid restart policy: \(error.description)"
            }
            return "invalid restart policy: unknown policy '\(name)'; use one of 'no', 'always', 'on-failure', or"
                + " 'unless-stopped'"
        }
    }

    private static func restartCondition(_ text: String) -> String? {
        if ["", "none", "no", "on-failure", "any", "always", "unless-stopped"].contains(text) { return nil }
        return "invalid restart policy: unknown policy '\(text)'; use one of 'none', 'on-failure' or 'any'"
    }

    /// Zero is Docker's default.
    private static func probe(_ text: String, _ name: String) -> String? {
        guard let duration = try? Duration(parsing: text), duration != .zero, duration < .milliseconds(1) else {
            return nil
        }
        return "\(name) in Healthcheck cannot be less than 1ms"
    }

    private static func ulimits(_ judged: Judged) -> [Complaint] {
        (judged.node.mapping?.entries ?? []).flatMap { entry -> [Complaint] in
            guard Ulimit.resources[entry.key] != nil else {
                let guess = Spelling.suggestion(for: entry.key, among: Ulimit.resources.keys.sorted())
                return [Complaint("invalid ulimit type: \(entry.key)\(guess)", at: entry.key)]
            }
            guard let soft = entry.value["soft"].flatMap({ Int64($0.text) }),
                let hard = entry.value["hard"].flatMap({ Int64($0.text) }), hard >= 0, soft > hard || soft < 0
            else { return [] }
            return [
                Complaint(
                    "ulimit soft limit must be less than or equal to hard limit: \(soft) > \(hard)", at: entry.key)
            ]
        }
    }

    /// sethostname(2) takes 64 bytes.
    private static func nodeName(_ text: String, _ kind: String) -> String? {
        text.utf8.count > 64 ? "\"\(text)\" is longer than the 64 bytes that a \(kind) name may have" : nil
    }

    private static func macAddress(_ text: String) -> String? {
        text.isEmpty || MACAddress(text) != nil ? nil : "\"\(text)\" is not a MAC address"
    }

    private static func address(_ text: String) -> String? {
        text.isEmpty || IPAddress(text) != nil ? nil : "\"\(text)\" is not an IP address"
    }

    /// What the kernel takes as a name of an interface.
    private static func interfaceName(_ text: String) -> String? {
        let isName =
            text.utf8.count <= 15 && text != "." && text != ".."
            && text.utf8.allSatisfy { $0 > 32 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") && $0 != 127 }
        return isName ? nil : "\"\(text)\" is not a name of an interface: it has 1 to 15 bytes without blanks, / and :"
    }

    private static func port(_ judged: Judged) -> String? {
        wrong { () throws(GrammarError) in
            _ = try PortMapping(
                hostAddress: judged.node["host_ip"]?.text, published: judged.node["published"]?.text,
                target: judged.node["target"].flatMap { Int64($0.text) } ?? 0,
                transport: judged.node["protocol"]?.text)
        }
    }
}
