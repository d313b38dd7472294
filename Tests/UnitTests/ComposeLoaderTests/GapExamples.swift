import ComposeModel
import Testing

@testable import ComposeLoader

/// For each exception of the attributes' support a file that meets it and nothing else.
enum GapExamples {
    struct Example: Sendable, CustomTestStringConvertible {
        let file: String
        let effect: AttributeGap.Effect
        /// `PATH REASON`
        let gap: String
        var testDescription: String { gap }
    }

    static let all: [Example] = services + parts + deploy + resources

    private static func warned(_ attribute: String, _ gap: String) -> Example {
        Example(
            file: "services:\n  web:\n    image: app\n    \(attribute)", effect: .warned, gap: "services.web." + gap)
    }

    private static func refused(_ attribute: String, _ gap: String) -> Example {
        Example(
            file: "services:\n  web:\n    image: app\n    \(attribute)", effect: .refused, gap: "services.web." + gap)
    }

    /// - Parameter text: below the service that uses everything.
    private static func top(_ text: String, _ gap: String, _ effect: AttributeGap.Effect = .refused) -> Example {
        let others = ["volumes: {data: {}}", "secrets: {s: {file: f}}", "configs: {c: {file: f}}"]
            .filter { $0.prefix(7) != text.prefix(7) }
        let service = "services: {web: {image: app, volumes: [\"data:/v\"], secrets: [s], configs: [c]}}"
        return Example(file: ([service, text] + others).joined(separator: "\n"), effect: effect, gap: gap)
    }

    private static let services: [Example] = [
        warned("build: {context: ., isolation: hyperv}", "build.isolation \"hyperv\" is for Windows"),
        warned("build: {context: ., provenance: true}", "build.provenance is ignored: builds are not attested"),
        warned("build: {context: ., sbom: true}", "build.sbom is ignored: builds are not attested"),
        warned(
            "build: {context: ., secrets: [{source: s, uid: \"1\"}]}\nsecrets: {s: {file: f}}",
            "build.secrets[0].uid is ignored: RUN --mount=type=secret sets it"),
        warned("cpu_count: 2", "cpu_count is for Windows"),
        warned("cpu_percent: 50", "cpu_percent is for Windows"),
        warned("credential_spec: {file: spec.json}", "credential_spec is for Windows"),
        refused(
            "gpus: [{options: {a: b}}]",
            "gpus[0].options is not supported: "
                + "devices are described by specifications in /etc/cdi, which have no options"),
        refused("isolation: hyperv", "isolation \"hyperv\" is for Windows, only \"default\" is possible"),
        warned(
            "network_mode: none\n    mac_address: \"02:00:00:00:00:01\"",
            "mac_address is ignored: the service has no network of its own"),
        warned("pull_refresh_after: 1d", "pull_refresh_after is ignored: write pull_policy: every_DURATION"),
        refused(
            "runtime: kata",
            "runtime \"kata\" is not supported: the runtime is built in, leave it out or write runc"),
        warned("storage_opt: {size: 1G}", "storage_opt is ignored: container layers have no size limit"),
        refused("use_api_socket: true", "use_api_socket is not supported: there is no engine socket"),
        warned(
            "userns_mode: keep-id",
            "userns_mode \"keep-id\" is ignored: there are no user namespaces, it can only be \"host\""),
        warned(
            "network_mode: \"container:x\"\n    dns_search: [a]",
            "dns_search is ignored: the files of the container that the network is shared with count"),
        warned(
            "network_mode: host\n    external_links: [x]",
            "external_links is ignored: names are found in networks of the service's own"),
    ]

    private static let parts: [Example] = [
        refused(
            "logging: {driver: sysloog}",
            "logging.driver cannot be used: logger: no log driver named 'sysloog' is registered"),
        refused(
            "logging: {driver: gelf}", "logging.driver cannot be used: gelf-address is a required parameter"),
        refused(
            "logging: {options: {max-sizes: 1m}}",
            "logging.options.max-sizes cannot be used: unknown log opt 'max-sizes' for json-file log driver"),
        refused(
            "logging: {options: {max-size: abc}}",
            "logging.options.max-size cannot be used: invalid size: 'abc'"),
        warned(
            "logging: {driver: none, options: {max-size: 1m}}",
            "logging.options is ignored: the driver none keeps nothing"),
        warned(
            "networks: {default: {driver_opts: {a: b}}}",
            "networks.default.driver_opts.a is ignored: only com.docker.network.endpoint.sysctls is known"),
        warned(
            "network_mode: host\n    ports: [80]", "ports is ignored: the service has no network of its own"),
        warned(
            "ports: [80]\nnetworks: {default: {driver: macvlan}}",
            "ports is ignored: the service's networks are on interfaces of the host, where all its ports are reached"),
        refused("volumes: [{type: cluster, source: app, target: /b}]", "volumes[0].type \"cluster\" is not supported"),
        warned(
            "volumes: [{type: volume, target: /b, volume: {labels: {a: b}}}]",
            "volumes[0].volume.labels is ignored: label the volume below volumes"),
    ]

    private static let deploy: [Example] = [
        warned("deploy: {endpoint_mode: vip}", "deploy.endpoint_mode is for swarms"),
        warned("deploy: {labels: {a: b}}", "deploy.labels is for swarms"),
        refused(
            "deploy: {mode: bogus}",
            "deploy.mode \"bogus\" is not a mode: write replicated, global, replicated-job or global-job"),
        refused(
            "deploy: {mode: replicated-job, restart_policy: {condition: any}}",
            "deploy.mode is for jobs, which end: restart_policy.condition can only be none or on-failure"),
        warned(
            "deploy: {mode: global, replicas: 2}",
            "deploy.replicas is ignored: a global service has one container on each machine"),
        warned("deploy: {placement: {constraints: [a]}}", "deploy.placement is for swarms"),
        warned("deploy: {resources: {reservations: {cpus: 1}}}", "deploy.resources.reservations.cpus is ignored"),
        refused(
            "deploy: {resources: {reservations: {devices: [{capabilities: [gpu], options: {a: b}}]}}}",
            "deploy.resources.reservations.devices[0].options is not supported: "
                + "devices are described by specifications in /etc/cdi, which have no options"),
        warned(
            "deploy: {resources: {reservations: "
                + "{generic_resources: [{discrete_resource_spec: {kind: a, value: 1}}]}}}",
            "deploy.resources.reservations.generic_resources is for swarms"),
        warned(
            "deploy: {restart_policy: {max_attempts: 3}}",
            "deploy.restart_policy.max_attempts is ignored: it only counts with the condition on-failure"),
        refused(
            "deploy: {restart_policy: {condition: any, max_attempts: 3}}",
            "deploy.restart_policy.max_attempts cannot be kept: it only counts with the condition on-failure"),
        warned(
            "deploy: {rollback_config: {parallelism: 1}}",
            "deploy.rollback_config is ignored: an update that failed is taken back at once"),
        refused(
            "deploy: {update_config: {failure_action: shrug}}",
            "deploy.update_config.failure_action \"shrug\" is not an action: write pause, continue or rollback"),
        warned(
            "deploy: {update_config: {max_failure_ratio: 0.5}}",
            "deploy.update_config.max_failure_ratio is ignored: the first failure counts"),
    ]

    private static let resources: [Example] = [
        top(
            "networks: {default: {driver: overlay}}",
            "networks.default.driver \"overlay\" is not supported, only bridge, macvlan and ipvlan are"),
        top(
            "networks: {default: {driver: host}}",
            "networks.default.driver \"host\" cannot be made, there is only one: write network_mode in the services"),
        top(
            "networks: {default: {driver: macvlan, driver_opts: {macvlan_mode: l3}}}",
            "networks.default.driver_opts.macvlan_mode is not a value that the option takes"),
        top(
            "networks: {default: {driver: ipvlan, driver_opts: {macvlan_mode: bridge}}}",
            "networks.default.driver_opts.macvlan_mode is ignored: nothing here acts on it", .warned),
        top(
            "networks: {default: {enable_ipv4: false}}",
            "networks.default.enable_ipv4 leaves the network without any addresses: set enable_ipv6"),
        top(
            "networks: {default: {ipam: {driver: other}}}",
            "networks.default.ipam.driver \"other\" is not supported, only \"default\" is"),
        top(
            "networks: {default: {ipam: {options: {a: b}}}}",
            "networks.default.ipam.options is ignored: the address planner has no options", .warned),
        top("volumes: {data: {driver: nfs}}", "volumes.data.driver \"nfs\" is not supported, only \"local\" is"),
        top("secrets: {s: {external: true}}", "secrets.s.external is for swarms"),
        top("secrets: {s: {file: f, driver: d}}", "secrets.s.driver is for swarms"),
        top("secrets: {s: {file: f, driver_opts: {a: b}}}", "secrets.s.driver_opts is for swarms", .warned),
        top("secrets: {s: {file: f, template_driver: d}}", "secrets.s.template_driver is for swarms"),
        top("configs: {c: {external: true}}", "configs.c.external is for swarms"),
        top("configs: {c: {file: f, template_driver: d}}", "configs.c.template_driver is for swarms"),
    ]
}
