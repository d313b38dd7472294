extension EffectGroup {
    static let build = EffectGroup(
        name: "build",
        file: """
            services:
              built:
                image: effects/built
                command: nap
                build:
                  context: context
                  dockerfile: Own
                  target: wanted
                  args: {WHAT: argument}
                  labels: {shown: build}
                  tags: ["effects/extra:1"]
                  additional_contexts: {more: ./more}
                  extra_hosts: ["elsewhere=192.0.2.9"]
                  network: none
                  shm_size: 3m
                  ulimits: {nofile: {soft: 100, hard: 200}}
                  secrets: [{source: word, target: given}]
                  privileged: true
                  platforms: ["@PLATFORM@"]
                  cache_to: ["type=local,dest=cache"]
              inline:
                command: nap
                build:
                  no_cache: true
                  entitlements: [security.insecure]
                  dockerfile_inline: |
                    FROM busybox
                    RUN --security=insecure grep CapEff /proc/self/status >/rights
              pulled: {build: {pull: true, dockerfile_inline: "FROM busybox\\nRUN true\\n"}, profiles: [pulled]}
            secrets: {word: {file: word}}
            """,
        files: [
            "word": "magic", "more/file": "from elsewhere",
            "context/Own": """
            FROM busybox AS wanted
            ARG WHAT
            COPY --from=more file /more
            RUN echo $WHAT >/arg; df -k /dev/shm | tail -n 1 >/shm; ulimit -n >/limit; ulimit -Hn >>/limit; cat /etc/hosts >/names; ls /sys/class/net >/links
            RUN --mount=type=secret,id=given cat /run/secrets/given >/secret; grep CapEff /proc/self/status >/rights
            FROM busybox
            RUN exit 1
            """,
        ],
        up: ["up", "-d", "--build"],
        effects: [
            Effect(
                .inside("built"), "cat /arg", .equals("argument"),
                "build build.args build.context build.dockerfile build.target"),
            Effect(.inside("built"), "cat /more", .equals("from elsewhere"), "build.additional_contexts"),
            Effect(.inside("built"), "cat /shm", .has(" 3072 "), "build.shm_size"),
            Effect(
                .inside("built"), "cat /limit", .equals("100\n200"),
                "build.ulimits build.ulimits.*.soft build.ulimits.*.hard"),
            Effect(.inside("built"), "cat /names", .has("192.0.2.9"), "build.extra_hosts"),
            Effect(.inside("built"), "cat /links", .equals("lo"), "build.network"),
            Effect(
                .inside("built"), "cat /secret", .equals("magic"),
                "build.secrets build.secrets[].source build.secrets[].target"),
            // The capability SYS_ADMIN.
            Effect(
                .inside("built"), "echo $(( 0x$(cut -f 2 /rights) >> 21 & 1 ))", .equals("1"), "build.privileged"),
            Effect(
                .inside("inline"), "echo $(( 0x$(cut -f 2 /rights) >> 21 & 1 ))", .equals("1"),
                "build.entitlements build.dockerfile_inline"),
            Effect(
                .compose, "image inspect --format {{.Config.Labels}} effects/extra:1", .has("shown:build"),
                "build.labels build.tags"),
            Effect(
                .compose, "image inspect --format {{.Os}} effects/built", .equals("linux"),
                "build.platforms"),
            Effect(.host, "ls cache", .has("index.json"), "build.cache_to"),
            Effect(.compose, "build inline", .lacks("#4 CACHED"), "build.no_cache"),
            Effect(.compose, "build pulled", .has("registry-1.docker.io"), "build.pull"),
        ])

    static let all = [process, resources, networks, storage, lifecycle, build]

    /// What other tests of the binary show, by their names.
    static let elsewhere: [String: String] = {
        let tests: [(test: String, attributes: String)] = [
            (
                "aWatchedFileIsCopiedAndWhatItIsForRuns",
                """
                develop develop.watch develop.watch[].action develop.watch[].exec develop.watch[].exec.command \
                develop.watch[].exec.environment develop.watch[].exec.privileged develop.watch[].exec.user \
                develop.watch[].exec.working_dir develop.watch[].ignore develop.watch[].include \
                develop.watch[].initial_sync develop.watch[].path develop.watch[].target
                """
            ),
            (
                "aProviderIsCalledAndWhatItSaysReachesTheServicesThatDependOnIt",
                "provider provider.options provider.type"
            ),
            ("allEditsOfASpecificationAreMade", "gpus gpus[].count gpus[].driver"),
            ("aNetworkMayHaveIPv6Alone", "/networks.*.enable_ipv4"),
            ("modelsAreServedByDockersPlugin", "models /models /models.*.context_size /models.*.model"),
            (
                "startFirstReplacesAServiceWithoutAGap",
                "deploy.update_config deploy.update_config.order deploy.update_config.monitor"
            ),
            ("anUpdateThatDoesNotGetHealthyIsTakenBack", "deploy.update_config.failure_action"),
        ]
        var names: [String: String] = [:]
        for (test, attributes) in tests {
            for attribute in Effect(.compose, "", .has(""), attributes).attributes { names[attribute] = test }
        }
        return names
    }()

    /// What cannot be shown on any host, and why.
    static let unshown: [String: String] = [
        "services.*.cpu_rt_period": "few kernels schedule groups in real time",
        "services.*.cpu_rt_runtime": "few kernels schedule groups in real time",
        "services.*.volumes[].bind.propagation":
            "depends on the host's mounts; the tests of ContainerRuntime make some",
        "services.*.gpus[].capabilities": "needs a device of the host",
        "services.*.gpus[].device_ids": "needs a device of the host",
        "services.*.deploy.resources.reservations.devices": "is read as gpus is",
        "services.*.deploy.resources.reservations.devices[].capabilities": "is read as gpus is",
        "services.*.deploy.resources.reservations.devices[].count": "is read as gpus is",
        "services.*.deploy.resources.reservations.devices[].device_ids": "is read as gpus is",
        "services.*.deploy.resources.reservations.devices[].driver": "is read as gpus is",
        "services.*.models.*.endpoint_var": "needs Docker's model plugin",
        "services.*.models.*.model_var": "needs Docker's model plugin",
        "models.*.name": "needs Docker's model plugin",
        "models.*.runtime_flags": "needs Docker's model plugin",
        "services.*.deploy.restart_policy.delay": "is a time; the tests of Supervisor count it",
        "services.*.deploy.restart_policy.window": "is a time; the tests of Supervisor count it",
        "services.*.deploy.update_config.delay": "is a time; the tests of Reconciler plan it",
        "services.*.deploy.update_config.parallelism": "is an order; the tests of Reconciler plan it",
        "services.*.build.ssh": "needs an agent; the tests of ImageBuilder have one",
        "services.*.build.cache_from": "needs a store of its own; the tests of ImageBuilder have one",
    ]
}
