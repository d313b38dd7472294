extension EffectGroup {
    /// What the program of a container is, and what it may do.
    static let process = EffectGroup(
        name: "process",
        file: """
            services:
              one:
                image: busybox
                container_name: effects-one
                entrypoint: [sh, -c, 'echo "$$0 $$1" >/args; exec nap', first]
                command: [second]
                hostname: box
                domainname: example.test
                environment: {A: one}
                env_file: [{path: a.env}, {path: raw.env, format: raw}, {path: missing.env, required: false}]
                labels: {shown: label}
                label_file: labels
                group_add: ["4242"]
                init: true
                oom_score_adj: 100
                working_dir: /work/here
                ulimits: {nofile: {soft: 100, hard: 200}, nproc: 5000}
                sysctls: {net.core.somaxconn: 77}
                cap_add: [NET_ADMIN]
                cap_drop: [MKNOD]
                security_opt: [no-new-privileges]
                shm_size: 3m
                tmpfs: ["/scratch:size=1m"]
              user:
                image: busybox
                command: sh -c 'exec sleep 1000'
                user: app
                read_only: true
                stdin_open: true
              terminal: {image: busybox, command: nap, tty: true, privileged: true}
              host: {image: busybox, command: nap, pid: host, uts: host, ipc: host, cgroup: host, privileged: true}
              shares: {image: busybox, command: nap, pid: "service:one", ipc: "service:one", network_mode: "service:one"}
              no-shm: {image: busybox, command: nap, ipc: none, network_mode: none}
              grown: {extends: {file: base.yaml, service: base}, scale: 2}
              off: {image: busybox, command: nap, profiles: [never]}
            """,
        files: [
            "a.env": "FROM_FILE=\"two\"\n", "raw.env": "RAW=\"three\"\n", "labels": "from.file=yes\n",
            "base.yaml": "services: {base: {image: busybox, command: nap, environment: {BASE: set}}}\n",
        ],
        effects: inOne + inOthers
            + [
                Effect(.compose, "ps --format {{.Name}} one", .equals("effects-one"), "container_name"),
                Effect(.compose, "ps --format {{.Labels}} one", .has("shown=label"), "labels"),
                Effect(.compose, "ps --format {{.Labels}} one", .has("from.file=yes"), "label_file"),
                Effect(.compose, "ps -a --format {{.Name}}", .lacks("-off-"), "profiles"),
                Effect(.compose, "ps --format {{.Name}} grown", .has("grown-2"), "scale"),
            ])

    private static let inOne: [Effect] = [
        Effect(.inside("one"), "cat /args", .equals("first second"), "command entrypoint /services image"),
        Effect(.inside("one"), "hostname", .equals("box"), "hostname"),
        Effect(.inside("one"), "cat /proc/sys/kernel/domainname", .equals("example.test"), "domainname"),
        Effect(.inside("one"), "echo $A", .equals("one"), "environment"),
        Effect(
            .inside("one"), "echo $FROM_FILE $RAW", .equals("two \"three\""),
            "env_file env_file[].path env_file[].format env_file[].required"),
        Effect(.inside("one"), "id -G", .has("4242"), "group_add"),
        Effect(.inside("one"), "grep -c nap /proc/1/comm", .equals("0"), "init"),
        Effect(.inside("one"), "cat /proc/1/oom_score_adj", .equals("100"), "oom_score_adj"),
        Effect(.inside("one"), "pwd", .equals("/work/here"), "working_dir"),
        Effect(
            .inside("one"), "ulimit -n; ulimit -Hn; ulimit -u", .equals("100\n200\n5000"),
            "ulimits ulimits.*.soft ulimits.*.hard"),
        Effect(.inside("one"), "cat /proc/sys/net/core/somaxconn", .equals("77"), "sysctls"),
        Effect(
            .inside("one"), "ip link set lo mtu 1500 && cat /sys/class/net/lo/mtu", .equals("1500"), "cap_add"),
        Effect(.inside("one"), "mknod /x c 1 3", .has("not permitted"), "cap_drop"),
        Effect(.inside("one"), "grep NoNewPrivs /proc/1/status", .has("1"), "security_opt"),
        Effect(.inside("one"), "df -k /dev/shm | tail -n 1", .has(" 3072 "), "shm_size"),
        Effect(.inside("one"), "df -k /scratch | tail -n 1", .has(" 1024 "), "tmpfs"),
    ]

    private static let inOthers: [Effect] = [
        Effect(.inside("user"), "id -un", .equals("app"), "user"),
        Effect(.inside("user"), "touch /tmp/x", .has("Read-only"), "read_only"),
        Effect(.inside("user"), "ls -l /proc/1/fd/0", .has("pipe"), "stdin_open"),
        Effect(.inside("terminal"), "ls -l /proc/1/fd/0", .has("/dev/pts/"), "tty"),
        Effect(
            .inside("terminal"), "mkdir /m; mount -t tmpfs none /m && echo yes", .equals("yes"),
            "privileged"),
        Effect(
            .host,
            "for n in pid uts ipc cgroup; do @BINARY@ exec -T host readlink /proc/self/ns/$n >theirs;"
                + " readlink /proc/self/ns/$n | cmp - theirs && echo $n; done", .equals("pid\nuts\nipc\ncgroup"),
            "pid uts ipc cgroup"),
        Effect(.inside("shares"), "cat /proc/sys/net/core/somaxconn", .equals("77"), "network_mode pid ipc"),
        Effect(.inside("no-shm"), "ls /dev/shm", .has("No such file"), "ipc"),
        Effect(.inside("no-shm"), "ls /sys/class/net", .equals("lo"), "network_mode"),
        Effect(.inside("grown"), "echo $BASE", .equals("set"), "extends extends.file extends.service"),
    ]
}
