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
        refused("credential_spec: {file: spec.json}", "credential_spec is for Windows"),
        warned(
            "network_mode: \"container:x\"\n    dns: [10.0.0.1]",
            "dns is ignored: the files of the container that the network is shared with count"),
        refused("gpus: all", "gpus is not supported: pass the device files with devices"),
        refused("ipc: none", "ipc \"none\" is not supported: write private, shareable, host or service:NAME"),
        refused("isolation: hyperv", "isolation \"hyperv\" is for Windows, only \"default\" is possible"),
        warned(
            "network_mode: host\n    mac_address: \"02:00:00:00:00:01\"",
            "mac_address is ignored: the service has no network of its own"),
        refused("models: [brain]\nmodels: {brain: {model: m}}", "models is not supported: there is no model runner"),
        refused("provider: {type: cloud}", "provider is not supported: services are containers"),
        warned("pull_refresh_after: 1d", "pull_refresh_after is ignored: write pull_policy: every_DURATION"),
        refused(
            "runtime: kata",
            "runtime \"kata\" is not supported: the runtime is built in, leave it out or write runc"),
        warned("storage_opt: {size: 1G}", "storage_opt is ignored: container layers have no size limit"),
        refused("use_api_socket: true", "use_api_socket is not supported: there is no engine socket"),
        refused(
            "userns_mode: private",
            "userns_mode \"private\" is not supported: there are no user namespaces, it can only be \"host\""),
        refused("working_dir: some/where", "working_dir is not an absolute path"),
    ]

    private static let parts: [Example] = [
        warned(
            "logging: {driver: syslog}",
            "logging.driver \"syslog\" is not supported: the output is kept here, see it with `compose logs`"),
        warned(
            "logging: {options: {tag: a}}", "logging.options.tag is ignored: only max-size and max-file are known"),
        refused(
            "logging: {options: {max-size: abc}}",
            "logging.options has a max-size that is not a size, use a number and k, m or g"),
        refused(
            "logging: {options: {max-file: 0}}", "logging.options has a max-file that is not a number from 1"),
        warned(
            "networks: {default: {driver_opts: {a: b}}}",
            "networks.default.driver_opts.a is ignored: only com.docker.network.endpoint.sysctls is known"),
        refused(
            "networks: {default: {driver_opts: {com.docker.network.endpoint.sysctls: net.ipv4.ip_forward=1}}}",
            "networks.default.driver_opts.com.docker.network.endpoint.sysctls "
                + "is not a list of parameters such as net.ipv4.conf.IFNAME.log_martians=1"),
        refused(
            "network_mode: \"container:x\"\n    ports: [80]",
            "ports cannot be published: the service shares another's network"),
        warned(
            "network_mode: host\n    ports: [80]", "ports is ignored: the service has no network of its own"),
        warned(
            "ports: [80]\nnetworks: {default: {driver: macvlan}}",
            "ports is ignored: the service's networks are on interfaces of the host, where all its ports are reached"),
        refused(
            "volumes: [{type: bind, source: /a, target: /b, bind: {recursive: writable}}]",
            "volumes[0].bind.recursive \"writable\" is not supported: "
                + "what is mounted below is read-only like the rest"),
        refused("volumes: [{type: image, source: app, target: /b}]", "volumes[0].type \"image\" is not supported"),
        refused(
            "volumes: [{type: volume, target: /b, image: {subpath: x}}]",
            "volumes[0].image.subpath is not supported: images cannot be mounted"),
        warned(
            "volumes: [{type: volume, target: /b, volume: {labels: {a: b}}}]",
            "volumes[0].volume.labels is ignored: label the volume below volumes"),
    ]

    private static let deploy: [Example] = [
        warned("deploy: {endpoint_mode: vip}", "deploy.endpoint_mode is for swarms"),
        warned("deploy: {labels: {a: b}}", "deploy.labels is for swarms"),
        warned("deploy: {mode: global}", "deploy.mode \"global\" is for swarms, only \"replicated\" is not"),
        warned("deploy: {placement: {constraints: [a]}}", "deploy.placement is for swarms"),
        warned("deploy: {resources: {reservations: {cpus: 1}}}", "deploy.resources.reservations.cpus is ignored"),
        refused(
            "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}",
            "deploy.resources.reservations.devices is not supported: pass the device files with devices"),
        warned(
            "deploy: {resources: {reservations: "
                + "{generic_resources: [{discrete_resource_spec: {kind: a, value: 1}}]}}}",
            "deploy.resources.reservations.generic_resources is for swarms"),
        refused(
            "deploy: {restart_policy: {condition: bogus}}",
            "deploy.restart_policy.condition \"bogus\" is not a condition, use none, on-failure or any"),
        warned(
            "deploy: {restart_policy: {delay: 1s}}",
            "deploy.restart_policy.delay is ignored: restarts wait 0.1 s and then twice as long each time"),
        warned(
            "deploy: {restart_policy: {max_attempts: 3}}",
            "deploy.restart_policy.max_attempts is ignored: it only counts with the condition on-failure"),
        refused(
            "deploy: {restart_policy: {condition: any, max_attempts: 3}}",
            "deploy.restart_policy.max_attempts cannot be kept: it only counts with the condition on-failure"),
        warned("deploy: {restart_policy: {window: 1s}}", "deploy.restart_policy.window is ignored"),
        warned("deploy: {rollback_config: {parallelism: 1}}", "deploy.rollback_config is for swarms"),
        warned("deploy: {update_config: {parallelism: 1}}", "deploy.update_config is for swarms"),
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
        top(
            "volumes: {data: {driver_opts: {type: nfs, device: \"h:/x\"}}}",
            "volumes.data.driver_opts is only supported as `o: bind` with a `device`"),
        top(
            "volumes: {data: {driver_opts: {type: none, o: \"bind,ro\", device: /d}}}",
            "volumes.data.driver_opts has flags other than bind in `o`, which are not supported"),
        top("secrets: {s: {external: true}}", "secrets.s.external is for swarms"),
        top("secrets: {s: {file: f, driver: d}}", "secrets.s.driver is for swarms"),
        top("secrets: {s: {file: f, driver_opts: {a: b}}}", "secrets.s.driver_opts is for swarms", .warned),
        top("secrets: {s: {file: f, template_driver: d}}", "secrets.s.template_driver is for swarms"),
        top("configs: {c: {external: true}}", "configs.c.external is for swarms"),
        top("configs: {c: {file: f, template_driver: d}}", "configs.c.template_driver is for swarms"),
    ]
}
