/// For each checked attribute a value that nothing can be made from, and what is said of it.
enum ValueExamples {
    struct Example: Sendable {
        /// Lines below the service, the first one with the value's path in the table.
        let path: String
        let file: String
        let complaint: String
        /// On a host with control groups of version 2, else of version 1 without accounting for swap.
        var isUnified = false
    }

    static let all: [Example] = process + resources + surroundings + mounts + others

    private static func service(_ path: String, _ text: String, _ complaint: String) -> Example {
        Example(
            path: "services.*." + path, file: "services:\n  web:\n    image: app\n    \(text)",
            complaint: "services.web." + complaint)
    }

    private static func ignored(_ attribute: String, _ value: String, _ complaint: String, unified: Bool) -> Example {
        var example = service(attribute, value, complaint)
        example.isUnified = unified
        return example
    }

    private static let process: [Example] = [
        Example(
            path: "services.*.image", file: "services: {web: {image: \"Busy Box:1\"}}",
            complaint: "services.web.image: invalid reference format: \"Busy Box:1\": "
                + "the name has a blank in it, and it must be lower case"),
        service(
            "build.tags", "build: {context: ., tags: [\"a b\"]}",
            "build.tags[0]: invalid reference format: \"a b\": the name has a blank in it"),
        service("user", "user: \"0:\"", "user: \"0:\" has to be like \"user\" or \"user:group\""),
        service(
            "post_start.[].user", "post_start: [{command: [a], user: \"0:\"}]",
            "post_start[0].user: \"0:\" has to be like \"user\" or \"user:group\""),
        service(
            "pre_stop.[].user", "pre_stop: [{command: [a], user: \"0:\"}]",
            "pre_stop[0].user: \"0:\" has to be like \"user\" or \"user:group\""),
        service(
            "working_dir", "working_dir: some/where",
            "working_dir: the working directory 'some/where' is invalid, it needs to be an absolute path"),
        service("stop_signal", "stop_signal: SIGNOPE", "stop_signal: invalid signal: SIGNOPE"),
        service(
            "cap_add", "cap_add: [NET_ADMIN, NET_ADMIM]",
            "cap_add[1]: invalid CapAdd: unknown capability: \"CAP_NET_ADMIM\", did you mean NET_ADMIN?"),
        service("cap_drop", "cap_drop: [Q]", "cap_drop[0]: invalid CapDrop: unknown capability: \"CAP_Q\""),
        service(
            "security_opt", "security_opt: [seccmp=x]",
            "security_opt[0]: invalid --security-opt: \"seccmp=x\": "
                + "it is one of no-new-privileges, seccomp, apparmor, systempaths, label, did you mean seccomp?"),
        service(
            "security_opt", "security_opt: [\"seccomp:./gone.json\"]",
            "security_opt[0]: opening seccomp profile (./gone.json) failed: open /p/gone.json: no such file or directory"
        ),
        service(
            "ulimits", "ulimits: {nofile: {soft: 2, hard: 1}}",
            "ulimits.nofile: ulimit soft limit must be less than or equal to hard limit: 2 > 1"),
        service(
            "build.ulimits", "build: {context: ., ulimits: {nofil: 1}}",
            "build.ulimits.nofil: invalid ulimit type: nofil, did you mean nofile?"),
        service(
            "sysctls", "sysctls: {kernel.panic: 1}",
            "sysctls.kernel.panic: sysctl \"kernel.panic\" is not in a separate kernel namespace: "
                + "it would change the host, not only the container"),
        service(
            "sysctls", "network_mode: host\n    sysctls: [net.core.somaxconn=1]",
            "sysctls[0]: sysctl \"net.core.somaxconn\" is not allowed with network_mode \"host\": "
                + "the namespace is not the service's own"),
        service(
            "pid", "pid: hist", "pid: invalid PID mode: hist: it is host, private or service:NAME, did you mean host?"),
        service(
            "ipc", "ipc: bogus", "ipc: invalid IPC mode: bogus: it is host, private, shareable, none or service:NAME"),
        service("uts", "uts: bogus", "uts: invalid UTS mode: bogus: it is host, private or service:NAME"),
        service(
            "restart", "restart: allways",
            "restart: invalid restart policy: unknown policy 'allways'; "
                + "use one of 'no', 'always', 'on-failure', or 'unless-stopped'"),
        service(
            "deploy.restart_policy.condition", "deploy: {restart_policy: {condition: bogus}}",
            "deploy.restart_policy.condition: invalid restart policy: unknown policy 'bogus'; "
                + "use one of 'none', 'on-failure' or 'any'"),
        service(
            "healthcheck.interval", "healthcheck: {test: x, interval: 1us}",
            "healthcheck.interval: Interval in Healthcheck cannot be less than 1ms"),
        service(
            "healthcheck.timeout", "healthcheck: {test: x, timeout: 1us}",
            "healthcheck.timeout: Timeout in Healthcheck cannot be less than 1ms"),
        service(
            "healthcheck.start_period", "healthcheck: {test: x, start_period: 1us}",
            "healthcheck.start_period: StartPeriod in Healthcheck cannot be less than 1ms"),
        service(
            "healthcheck.start_interval", "healthcheck: {test: x, start_interval: 1us}",
            "healthcheck.start_interval: StartInterval in Healthcheck cannot be less than 1ms"),
        service(
            "annotations", "annotations: [\"=x\"]",
            "annotations[0]: invalid Annotations: the empty string is not permitted as an annotation key"),
        service("environment", "environment: [\"=x\"]", "environment[0]: a variable has no name"),
    ]

    private static let resources: [Example] = [
        service("cpus", "cpus: 64", "cpus: range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"),
        service(
            "cpus", "cpus: 1\n    cpu_quota: 5000",
            "cpus: conflicting options: Nano CPUs and CPU Quota cannot both be set"),
        service(
            "deploy.resources.limits.cpus", "deploy: {resources: {limits: {cpus: -1}}}",
            "deploy.resources.limits.cpus: range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"),
        service(
            "cpu_period", "cpu_period: 1",
            "cpu_period: CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"),
        service("cpu_quota", "cpu_quota: 1", "cpu_quota: CPU cfs quota can not be less than 1ms (i.e. 1000)"),
        service(
            "cpu_shares", "cpu_shares: -1",
            "cpu_shares: invalid CPU shares (-1): value must be a positive integer"),
        service(
            "cpu_rt_runtime", "cpu_rt_runtime: 20\n    cpu_rt_period: 10",
            "cpu_rt_runtime: cpu real-time runtime cannot be higher than cpu real-time period"),
        service(
            "cpuset", "cpuset: 0-7",
            "cpuset: requested CPUs are not available - requested 0-7, available: 0,1"),
        service("cpuset", "cpuset: a", "cpuset: invalid value a for cpuset cpus"),
        service("mem_limit", "mem_limit: 4m", "mem_limit: minimum memory limit allowed is 6MB"),
        service(
            "mem_limit", "mem_limit: 0.5",
            "mem_limit: 0.5 is not a size: use a whole number of bytes, or text such as \"512m\""),
        service("mem_limit", "mem_limit: -5", "mem_limit: invalid size: '-5'"),
        service(
            "deploy.resources.limits.memory", "deploy: {resources: {limits: {memory: 1m}}}",
            "deploy.resources.limits.memory: minimum memory limit allowed is 6MB"),
        service(
            "mem_reservation", "mem_limit: 16m\n    mem_reservation: 32m",
            "mem_reservation: minimum memory limit can not be less than memory reservation limit, see usage"),
        service(
            "deploy.resources.reservations.memory", "deploy: {resources: {reservations: {memory: 1m}}}",
            "deploy.resources.reservations.memory: minimum memory reservation allowed is 6MB"),
        ignored(
            "memswap_limit", "memswap_limit: 1g",
            "memswap_limit: you should always set the memory limit when using memoryswap limit, see usage",
            unified: true),
        ignored(
            "memswap_limit", "mem_limit: 1g\n    memswap_limit: 512m",
            "memswap_limit: minimum memoryswap limit should be larger than memory limit, see usage", unified: true),
        service(
            "mem_swappiness", "mem_swappiness: 101",
            "mem_swappiness: invalid value: 101, valid memory swappiness range is 0-100"),
        ignored(
            "memswap_limit", "mem_limit: 64m\n    memswap_limit: 128m",
            "memswap_limit is ignored: the kernel does not account for swap: memory limited without swap",
            unified: false),
        ignored(
            "mem_swappiness", "mem_swappiness: 10",
            "mem_swappiness is ignored: control groups of version 2 have none: memory swappiness discarded",
            unified: true),
        ignored(
            "oom_kill_disable", "oom_kill_disable: true",
            "oom_kill_disable is ignored: control groups of version 2 cannot do it: OomKillDisable discarded",
            unified: true),
        ignored(
            "cpu_rt_period", "cpu_rt_period: 10",
            "cpu_rt_period is ignored: control groups of version 2 are not scheduled in real time", unified: true),
        service("shm_size", "shm_size: -1", "shm_size: SHM size can not be less than 0"),
        service(
            "build.shm_size", "build: {context: ., shm_size: -1}", "build.shm_size: SHM size can not be less than 0"),
        ignored(
            "blkio_config.weight", "blkio_config: {weight: 5}",
            "blkio_config.weight: range of blkio weight is from 10 to 1000", unified: true),
        service(
            "blkio_config.weight_device.[].weight", "blkio_config: {weight_device: [{path: /dev/x, weight: 5}]}",
            "blkio_config.weight_device[0].weight: range of blkio weight is from 10 to 1000"),
        service(
            "blkio_config.weight_device.[]", "blkio_config: {weight_device: [{path: /dev/sda, weight: 50}]}",
            "blkio_config.weight_device[0] is ignored: weights need the scheduler bfq, and /dev/sda has none; "
                + "Weight-device discarded"),
        service(
            "blkio_config.device_read_bps.[].rate", "blkio_config: {device_read_bps: [{path: /dev/x, rate: -1}]}",
            "blkio_config.device_read_bps[0].rate: invalid size: '-1'"),
        service(
            "blkio_config.device_read_iops.[].rate", "blkio_config: {device_read_iops: [{path: /dev/x, rate: -1}]}",
            "blkio_config.device_read_iops[0].rate: invalid size: '-1'"),
        service(
            "blkio_config.device_write_bps.[].rate", "blkio_config: {device_write_bps: [{path: /dev/x, rate: -1}]}",
            "blkio_config.device_write_bps[0].rate: invalid size: '-1'"),
        service(
            "blkio_config.device_write_iops.[].rate",
            "blkio_config: {device_write_iops: [{path: /dev/x, rate: -1}]}",
            "blkio_config.device_write_iops[0].rate: invalid size: '-1'"),
        service(
            "devices.[]", "devices: [/dev/nope]",
            "devices[0]: error gathering device information while adding custom device \"/dev/nope\": "
                + "no such file or directory"),
        service(
            "device_cgroup_rules", "device_cgroup_rules: [\"c 1:3\"]",
            "device_cgroup_rules[0]: invalid device cgroup rule format: 'c 1:3'"),
    ]

    private static let surroundings: [Example] = [
        service(
            "hostname", "network_mode: \"container:x\"\n    hostname: a",
            "hostname: conflicting options: hostname and the network mode"),
        service("hostname", "uts: host\n    hostname: a", "hostname: conflicting options: hostname and the UTS mode"),
        service(
            "domainname", "domainname: \(String(repeating: "d", count: 65))",
            "domainname: \"\(String(repeating: "d", count: 65))\" is longer than the 64 bytes that a domain name may have"
        ),
        service("mac_address", "mac_address: \"02:00\"", "mac_address: \"02:00\" is not a MAC address"),
        service(
            "mac_address", "network_mode: host\n    mac_address: \"02:00:00:00:00:01\"",
            "mac_address: conflicting options: mac-address and the network mode"),
        service("dns", "dns: [1.1.1.1, a]", "dns[1]: \"a\" is not an IP address"),
        service(
            "dns", "network_mode: \"container:x\"\n    dns: [10.0.0.1]",
            "dns: conflicting options: dns and the network mode"),
        service(
            "extra_hosts", "extra_hosts: [\"a=b\"]", "extra_hosts[0]: invalid IP address in add-host: \"b\""),
        service(
            "extra_hosts", "network_mode: \"container:x\"\n    extra_hosts: {a: 10.0.0.1}",
            "extra_hosts: conflicting options: custom host-to-IP mapping and the network mode"),
        service(
            "ports", "network_mode: \"container:x\"\n    ports: [80]",
            "ports: conflicting options: port publishing and the container type network mode"),
        service(
            "ports.[]", "ports: [{target: 0}]",
            "ports[0]: \"0\" is not a container port, it is a number from 1 to 65535"),
        service(
            "expose", "network_mode: \"container:x\"\n    expose: [80]",
            "expose: conflicting options: port exposing and the container type network mode"),
        service("expose", "expose: [web]", "expose[0]: \"web\" is not a port, use 80 or 8000-8010"),
        service(
            "networks.*.interface_name", "networks: {default: {interface_name: \"a b\"}}",
            "networks.default.interface_name: \"a b\" is not a name of an interface: "
                + "it has 1 to 15 bytes without blanks, / and :"),
        service(
            "networks", "networks: {default: {interface_name: a}, other: {interface_name: a}}\nnetworks: {other: {}}",
            "networks.other.interface_name: \"a\" is the interface to network default already"),
        service(
            "networks.*.mac_address", "networks: {default: {mac_address: x}}",
            "networks.default.mac_address: \"x\" is not a MAC address"),
        service(
            "networks.*.link_local_ips", "networks: {default: {link_local_ips: [x]}}",
            "networks.default.link_local_ips[0]: \"x\" is not an IP address"),
        service(
            "networks.*", "networks: {default: {ipv4_address: 10.1.0.5}}",
            "networks.default.ipv4_address: user specified IP address is supported only when connecting to networks"
                + " with user configured subnets"),
        service(
            "networks.*.driver_opts",
            "networks: {default: {driver_opts: {com.docker.network.endpoint.sysctls: net.ipv4.ip_forward=1}}}",
            "networks.default.driver_opts.com.docker.network.endpoint.sysctls: unable to set endpoint sysctls: "
                + "\"net.ipv4.ip_forward=1\" must be of the form net.X.Y.IFNAME.Z=V, using 'IFNAME' to represent the"
                + " interface name"),
    ]

    private static let mounts: [Example] = [
        service(
            "volumes.[]", "volumes: [\"data:x\"]\nvolumes: {data: {}}",
            "volumes[0].target: invalid mount config for type \"volume\": "
                + "invalid mount path: 'x' mount path must be absolute"),
        service(
            "volumes.[]", "volumes: [{type: bind, source: /nope, target: /x, bind: {}}]",
            "volumes[0].source: invalid mount config for type \"bind\": bind source path does not exist: /nope"),
        service("tmpfs", "tmpfs: [\"/x:sice=1\"]", "tmpfs[0]: invalid tmpfs \"sice=1\" is not an option of a tmpfs"),
        service(
            "secrets.[]", "secrets: [s]\nsecrets: {s: {file: nope}}",
            "secrets[0]: the file of secret \"s\" does not exist: /p/nope"),
        service(
            "configs.[]", "configs: [{source: c, uid: me}]\nconfigs: {c: {content: a}}",
            "configs[0].uid: \"me\" is not a numeric user or group id"),
    ]

    private static func top(_ path: String, _ text: String, _ complaint: String) -> Example {
        Example(
            path: path, file: "services: {web: {image: app, volumes: [\"data:/v\"]}}\n\(text)", complaint: complaint)
    }

    private static func pool(_ text: String, _ complaint: String) -> Example {
        top(
            "networks.*.ipam.config.[]", "networks: {default: {ipam: {config: [{\(text)}]}}}\nvolumes: {data: {}}",
            "networks.default.ipam.config[0]." + complaint)
    }

    private static let others: [Example] = [
        top(
            "volumes.*.driver_opts", "volumes: {data: {driver_opts: {type: nfs, o: addr=h}}}",
            "volumes.data.driver_opts: missing required option: \"device\""),
        top(
            "volumes.*.driver_opts", "volumes: {data: {driver_opts: {type: none, o: \"bind,loop\", device: /d}}}",
            "volumes.data.driver_opts.o: is not an option of a bind: \"loop\""),
        top(
            "networks.*.ipam.config",
            "networks: {default: {ipam: {config: [{subnet: 10.0.0.0/24}, {subnet: 10.1.0.0/24}]}}}\nvolumes: {data: {}}",
            "networks.default.ipam.config[1]: more than one subnet of a family is not supported"),
        pool("subnet: 10.0.0.0/33", "subnet: invalid subnet 10.0.0.0/33: invalid CIDR block notation"),
        pool(
            "subnet: 10.0.0.0/24, gateway: 10.1.0.1",
            "gateway: invalid gateway 10.1.0.1: parent subnet 10.0.0.0/24 doesn't contain this address"),
        pool(
            "subnet: 10.0.0.0/24, ip_range: 10.1.0.0/28",
            "ip_range: invalid ip-range 10.1.0.0/28: parent subnet 10.0.0.0/24 doesn't contain ip-range"),
        pool(
            "subnet: 10.0.0.0/24, aux_addresses: {a: x}",
            "aux_addresses.a: invalid auxiliary address x: invalid IP address"),
    ]
}
