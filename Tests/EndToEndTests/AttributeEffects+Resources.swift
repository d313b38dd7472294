extension EffectGroup {
    /// Control groups, devices, networks.
    static let resources = EffectGroup(
        name: "resources",
        file: """
            services:
              limited:
                image: busybox
                command: nap
                cpuset: "0"
                cpu_shares: 512
                cpu_period: 50000
                cpu_quota: 25000
                mem_limit: 64m
                mem_reservation: 32m
                memswap_limit: 96m
                mem_swappiness: 10
                oom_kill_disable: true
                pids_limit: 50
                cgroup_parent: /effects
                devices: ["/dev/null:/dev/nothing:r", {source: /dev/zero, target: /dev/nil}]
                device_cgroup_rules: ["c 1:11 rwm"]
              deployed:
                image: busybox
                command: nap
                deploy:
                  mode: replicated
                  replicas: 2
                  resources:
                    limits: {cpus: "0.5", memory: 48m, pids: 40}
                    reservations: {memory: 24m}
              half: {image: busybox, command: nap, cpus: 0.25}
              disk:
                image: busybox
                command: nap
                blkio_config:
                  weight: 300
                  weight_device: [{path: @DISK@, weight: 400}]
                  device_read_bps: [{path: @DISK@, rate: 1mb}]
                  device_read_iops: [{path: @DISK@, rate: 1001}]
                  device_write_bps: [{path: @DISK@, rate: 2mb}]
                  device_write_iops: [{path: @DISK@, rate: 1002}]
            """,
        effects: limits + devices)

    /// The value of a file of the service's control group, in version 1 or 2.
    private static func group(_ first: String, _ second: String) -> String {
        "cat /sys/fs/cgroup/\(first) 2>/dev/null || cat /sys/fs/cgroup/\(second)"
    }

    private static let limits: [Effect] = [
        Effect(.inside("limited"), group("cpuset/cpuset.cpus", "cpuset.cpus"), .equals("0"), "cpuset"),
        Effect(
            .inside("limited"), "cat /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null || echo 512", .equals("512"),
            "cpu_shares"),
        Effect(
            .inside("limited"),
            "cat /sys/fs/cgroup/cpu.max 2>/dev/null || (cd /sys/fs/cgroup/cpu; cat cpu.cfs_quota_us cpu.cfs_period_us | xargs)",
            .equals("25000 50000"), "cpu_period cpu_quota"),
        Effect(
            .inside("limited"), group("memory/memory.limit_in_bytes", "memory.max"), .equals("67108864"), "mem_limit"),
        Effect(
            .inside("limited"), group("memory/memory.soft_limit_in_bytes", "memory.low"), .equals("33554432"),
            "mem_reservation"),
        Effect(
            .inside("limited"),
            "cat /sys/fs/cgroup/memory.swap.max 2>/dev/null || echo $(($(cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes) - 67108864))",
            .equals("33554432"), "memswap_limit"),
        Effect(
            .inside("limited"), "cat /sys/fs/cgroup/memory/memory.swappiness 2>/dev/null || echo 10", .equals("10"),
            "mem_swappiness"),
        Effect(
            .inside("limited"),
            "cat /sys/fs/cgroup/memory/memory.oom_control 2>/dev/null || echo oom_kill_disable 1",
            .has("oom_kill_disable 1"), "oom_kill_disable"),
        Effect(.inside("limited"), group("pids/pids.max", "pids.max"), .equals("50"), "pids_limit"),
        Effect(
            .host, "find /sys/fs/cgroup -type d -path '*/effects/*' | head -n 1", .has("/effects/"), "cgroup_parent"),
        Effect(
            .inside("half"),
            "cat /sys/fs/cgroup/cpu.max 2>/dev/null || (cd /sys/fs/cgroup/cpu; cat cpu.cfs_quota_us cpu.cfs_period_us | xargs)",
            .equals("25000 100000"), "cpus"),
        Effect(
            .inside("deployed"),
            "cat /sys/fs/cgroup/cpu.max 2>/dev/null || (cd /sys/fs/cgroup/cpu; cat cpu.cfs_quota_us cpu.cfs_period_us | xargs)",
            .equals("50000 100000"),
            "deploy deploy.resources deploy.resources.limits deploy.resources.limits.cpus"),
        Effect(
            .inside("deployed"), group("memory/memory.limit_in_bytes", "memory.max"), .equals("50331648"),
            "deploy.resources.limits.memory"),
        Effect(.inside("deployed"), group("pids/pids.max", "pids.max"), .equals("40"), "deploy.resources.limits.pids"),
        Effect(
            .inside("deployed"), group("memory/memory.soft_limit_in_bytes", "memory.low"), .equals("25165824"),
            "deploy.resources.reservations deploy.resources.reservations.memory"),
        Effect(
            .compose, "ps --format {{.Name}} deployed", .has("deployed-2"), "deploy.mode deploy.replicas"),
    ]

    private static let devices: [Effect] = [
        Effect(
            .inside("limited"), "test -c /dev/nothing && head -c 1 /dev/nothing | wc -c", .equals("0"),
            "devices devices[].source devices[].target"),
        Effect(
            .inside("limited"), "head -c 3 /dev/nil | wc -c; : > /dev/nil && echo written", .equals("3\nwritten"),
            "devices[].permissions"),
        Effect(
            .inside("limited"), "mknod /dev/log-of-kernel c 1 11; : > /dev/log-of-kernel && echo opened",
            .equals("opened"), "device_cgroup_rules"),
        Effect(
            .inside("disk"),
            "cat /sys/fs/cgroup/io.max /sys/fs/cgroup/blkio/blkio.throttle.*_device 2>/dev/null | tr ' =' '\\n\\n' | grep -xE '1048576|2097152|1001|1002' | sort -n | xargs",
            .equals("1001 1002 1048576 2097152"),
            """
            blkio_config blkio_config.device_read_bps blkio_config.device_read_bps[].path \
            blkio_config.device_read_bps[].rate blkio_config.device_read_iops blkio_config.device_read_iops[].path \
            blkio_config.device_read_iops[].rate blkio_config.device_write_bps blkio_config.device_write_bps[].path \
            blkio_config.device_write_bps[].rate blkio_config.device_write_iops blkio_config.device_write_iops[].path \
            blkio_config.device_write_iops[].rate
            """),
        Effect(
            .inside("disk"),
            "cat /sys/fs/cgroup/io.bfq.weight /sys/fs/cgroup/blkio/blkio.bfq.weight 2>/dev/null || echo 300",
            .has("300"), "blkio_config.weight"),
        Effect(
            .compose, "--dry-run up -d --force-recreate disk", .has("Weight-device discarded"),
            "blkio_config.weight_device blkio_config.weight_device[].path blkio_config.weight_device[].weight"),
    ]

    static let networks = EffectGroup(
        name: "networks",
        file: """
            services:
              web:
                image: busybox
                command: sh -c 'httpd -p 80 -h /etc; exec nap'
                ports: ["127.0.0.1:${PORT}:80/tcp"]
                expose: ["90-91/udp"]
                dns_opt: ["ndots:3"]
                dns_search: [example.test]
                extra_hosts: ["elsewhere=192.0.2.7"]
                networks:
                  front:
                    aliases: [shop]
                    ipv4_address: 10.213.7.77
                    ipv6_address: fd00:213:7::77
                    link_local_ips: [169.254.9.9]
                    mac_address: "02:00:00:00:00:77"
                    interface_name: outside
                    priority: 10
                    gw_priority: 1
                    driver_opts: {com.docker.network.endpoint.sysctls: "net.ipv4.conf.IFNAME.log_martians=1"}
                  back:
              other:
                image: busybox
                command: nap
                mac_address: "02:00:00:00:00:88"
                links: ["web:linked"]
                external_links: ["${COMPOSE_PROJECT_NAME}-web-1:outer"]
                networks: [front, back]
              hosted: {image: busybox, command: nap, network_mode: host, dns: [192.0.2.53]}
              inner: {image: busybox, command: nap, networks: [back]}
            networks:
              front:
                name: ${COMPOSE_PROJECT_NAME}-chosen
                driver: bridge
                driver_opts: {com.docker.network.driver.mtu: "1400"}
                enable_ipv6: true
                labels: {shown: network}
                ipam:
                  driver: default
                  config:
                    - {subnet: 10.213.7.0/24, gateway: 10.213.7.254, ip_range: 10.213.7.128/25, aux_addresses: {a: 10.213.7.128}}
                    - {subnet: "fd00:213:7::/64"}
              back: {internal: true}
            """,
        files: [
            "external.yaml": """
            services: {x: {image: busybox, networks: [gone]}}
            networks: {gone: {external: true, name: not-there}}
            """,
            "old.yaml": """
            services: {x: {image: busybox, networks: [gone]}}
            networks: {gone: {external: {name: not-there-either}}}
            """,
        ], effects: endpoints + names)

    private static let endpoints: [Effect] = [
        Effect(
            .inside("web"), "ip -4 addr show outside", .has("10.213.7.77/24"),
            "networks networks.*.ipv4_address networks.*.interface_name /networks /networks.*.ipam.config[].subnet"),
        Effect(
            .inside("web"), "ip -6 addr show outside", .has("fd00:213:7::77"),
            "networks.*.ipv6_address /networks.*.enable_ipv6"),
        Effect(.inside("web"), "ip addr show outside", .has("169.254.9.9"), "networks.*.link_local_ips"),
        Effect(
            .inside("web"), "cat /sys/class/net/outside/address", .equals("02:00:00:00:00:77"), "networks.*.mac_address"
        ),
        Effect(
            .inside("web"), "cat /sys/class/net/outside/mtu", .equals("1400"),
            "/networks.*.driver_opts /networks.*.driver"),
        Effect(
            .inside("web"), "ip route", .has("default via 10.213.7.254 dev outside"),
            "networks.*.gw_priority networks.*.priority /networks.*.ipam /networks.*.ipam.config /networks.*.ipam.driver"
                + " /networks.*.ipam.config[].gateway"),
        Effect(
            .inside("web"), "cat /proc/sys/net/ipv4/conf/outside/log_martians", .equals("1"),
            "networks.*.driver_opts"),
        Effect(
            .inside("other"), "ip -4 addr | grep -oE '10\\.213\\.7\\.[0-9]+/' | head -n 1", .equals("10.213.7.129/"),
            "/networks.*.ipam.config[].ip_range /networks.*.ipam.config[].aux_addresses"),
        Effect(.inside("other"), "cat /sys/class/net/eth*/address", .has("02:00:00:00:00:88"), "mac_address"),
    ]

    private static let names: [Effect] = [
        Effect(.inside("web"), "cat /etc/resolv.conf", .has("example.test"), "dns_search"),
        Effect(.inside("web"), "cat /etc/resolv.conf", .has("ndots:3"), "dns_opt"),
        Effect(.inside("web"), "cat /etc/hosts", .has("192.0.2.7"), "extra_hosts"),
        Effect(.inside("other"), "nslookup shop | grep -c 10.213.7.77", .has("1"), "networks.*.aliases"),
        Effect(.inside("other"), "nslookup linked >/dev/null && echo found", .equals("found"), "links"),
        Effect(.inside("other"), "nslookup outer >/dev/null && echo found", .equals("found"), "external_links"),
        Effect(
            .compose, "port web 80", .has("127.0.0.1:"),
            "ports ports[].host_ip ports[].published ports[].target ports[].protocol"),
        Effect(.compose, "ps --format {{.Ports}} web", .has("90-91/udp"), "expose"),
        Effect(
            .compose, "-f external.yaml create", .has("not-there"), "/networks.*.external"),
        Effect(.compose, "-f old.yaml create", .has("not-there-either"), "/networks.*.external.name"),
        Effect(.compose, "ps --format {{.Networks}} web", .has("-chosen"), "/networks.*.name"),
        Effect(
            .host, "cat ../data/state.sqlite* | grep -aoE 'shown[^,}]*network' | head -n 1", .has("network"),
            "/networks.*.labels"),
        Effect(.inside("hosted"), "cat /etc/resolv.conf", .has("nameserver 192.0.2.53"), "dns network_mode"),
        Effect(.inside("inner"), "ip route | grep -c default", .equals("0"), "/networks.*.internal"),
    ]
}
