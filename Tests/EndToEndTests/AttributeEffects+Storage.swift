extension EffectGroup {
    /// Mounts, secrets, configs, volumes.
    static let storage = EffectGroup(
        name: "storage",
        file: """
            include:
              - {path: included/part.yaml, env_file: included/part.env, project_directory: included}
            name: from-file
            services:
              web:
                image: busybox
                command: nap
                volumes:
                  - {type: bind, source: ./made, target: /made, bind: {create_host_path: true}}
                  - {type: bind, source: ./tree, target: /tree, read_only: true}
                  - {type: bind, source: /dev, target: /host, read_only: true, bind: {recursive: writable}}
                  - {type: volume, source: data, target: /data}
                  - {type: volume, source: data, target: /etc, volume: {nocopy: true}}
                  - {type: volume, source: flagged, target: /part, volume: {subpath: below}}
                  - {type: volume, source: small, target: /small}
                  - {type: volume, source: flagged, target: /flagged}
                  - {type: tmpfs, target: /scratch, tmpfs: {size: 1m, mode: 0700}}
                  - {type: image, source: busybox, target: /tools, image: {subpath: bin}}
                secrets:
                  - {source: word, target: word, uid: "1000", gid: "1000", mode: 0440}
                  - {source: written}
                configs:
                  - {source: text, target: /text, uid: "1000", gid: "1000", mode: 0400}
                  - {source: variable}
                  - {source: written}
              heir: {image: busybox, command: nap, volumes_from: ["web:ro"]}
            volumes:
              data: {name: "${COMPOSE_PROJECT_NAME}-chosen", driver: local, labels: {shown: volume}}
              small: {driver_opts: {type: tmpfs, device: tmpfs, o: "size=2m,uid=1000"}}
              flagged: {driver_opts: {type: none, device: "${HOME}/project/tree", o: "bind,ro"}}
            secrets:
              word: {environment: WORD}
              written: {file: secret.txt}
            configs:
              text: {content: "some text"}
              variable: {environment: WORD}
              written: {file: config.txt}
            """,
        files: [
            "tree/below/file": "deep", "secret.txt": "from a file", "config.txt": "of a file", ".env": "WORD=magic\n",
            "included/part.yaml": """
            services: {part: {image: "${PART_IMAGE}", command: nap, volumes: ["./here:/here"]}}
            """,
            "included/part.env": "PART_IMAGE=busybox\n", "included/here/file": "included",
            "external.yaml": """
            services: {x: {image: busybox, volumes: ["gone:/x"]}}
            volumes: {gone: {external: true, name: not-there}}
            """,
            "old.yaml": """
            services: {x: {image: busybox, volumes: ["gone:/x"]}}
            volumes: {gone: {external: {name: not-there-either}}}
            """,
        ], effects: mounts + files)

    private static let mounts: [Effect] = [
        Effect(
            .inside("web"), "test -d /made && echo made", .equals("made"),
            "volumes volumes[].type volumes[].bind volumes[].bind.create_host_path volumes[].source volumes[].target"),
        Effect(.inside("web"), "touch /tree/x", .has("Read-only"), "volumes[].read_only"),
        Effect(
            .inside("web"),
            "grep -E ' /host( |/pts)' /proc/self/mountinfo | cut -d ' ' -f 6 | cut -c 1-2 | sort -u | xargs",
            .equals("ro rw"), "volumes[].bind.recursive"),
        Effect(.inside("web"), "ls /etc/passwd", .has("No such file"), "volumes[].volume volumes[].volume.nocopy"),
        Effect(.inside("web"), "cat /part/file", .equals("deep"), "volumes[].volume.subpath"),
        Effect(
            .inside("web"), "df -k /scratch | tail -n 1; stat -c %a /scratch", .has(" 1024 "),
            "volumes[].tmpfs volumes[].tmpfs.size"),
        Effect(.inside("web"), "stat -c %a /scratch", .equals("700"), "volumes[].tmpfs.mode"),
        Effect(
            .inside("web"), "ls /tools/busybox", .equals("/tools/busybox"), "volumes[].image volumes[].image.subpath"),
        Effect(.inside("web"), "df -k /small | tail -n 1; stat -c %u /small", .has("1000"), "/volumes.*.driver_opts"),
        Effect(.inside("web"), "touch /flagged/x", .has("Read-only"), "/volumes.*.driver_opts"),
        Effect(.inside("heir"), "touch /data/x", .has("Read-only"), "volumes_from"),
        Effect(.compose, "volumes --format {{.Name}}", .has("-chosen"), "/volumes /volumes.*.name /volumes.*.driver"),
        Effect(.compose, "volumes --format {{.Labels}}", .has("shown=volume"), "/volumes.*.labels"),
        Effect(.compose, "-f external.yaml create", .has("not-there"), "/volumes.*.external"),
        Effect(.compose, "-f old.yaml create", .has("not-there-either"), "/volumes.*.external.name"),
    ]

    private static let files: [Effect] = [
        Effect(
            .inside("web"), "cat /run/secrets/word; stat -c ' %u %g %a' /run/secrets/word",
            .equals("magic 1000 1000 440"),
            """
            secrets secrets[].source secrets[].target secrets[].uid secrets[].gid secrets[].mode /secrets \
            /secrets.*.environment
            """),
        Effect(.inside("web"), "cat /run/secrets/written", .equals("from a file"), "/secrets.*.file"),
        Effect(
            .inside("web"), "cat /text; stat -c ' %u %g %a' /text", .equals("some text 1000 1000 400"),
            """
            configs configs[].source configs[].target configs[].uid configs[].gid configs[].mode /configs \
            /configs.*.content
            """),
        Effect(
            .inside("web"), "cat /variable /written", .equals("magicof a file"),
            "/configs.*.environment /configs.*.file"),
        Effect(
            .inside("part"), "cat /here/file", .equals("included"),
            "/include /include[].path /include[].env_file /include[].project_directory"),
        Effect(.host, "env -u COMPOSE_PROJECT_NAME @BINARY@ config | head -n 1", .equals("name: from-file"), "/name"),
    ]

    /// Starting, stopping, and what runs then.
    static let lifecycle = EffectGroup(
        name: "lifecycle",
        file: """
            services:
              job: {image: busybox, command: sh -c 'echo done >/out/job', volumes: ["./out:/out"]}
              web:
                image: busybox
                command: sh -c 'trap "echo usr1 >/out/signal; exit 0" USR1; touch /ready; while :; do sleep 0.1; done'
                platform: @PLATFORM@
                pull_policy: never
                stop_signal: SIGUSR1
                volumes: ["./out:/out"]
                logging: {driver: json-file, options: {max-size: 1m, max-file: "2"}}
                depends_on: {job: {condition: service_completed_successfully, required: true, restart: true}}
                healthcheck: {test: [CMD, test, -e, /ready], interval: 1s, timeout: 5s, retries: 3, start_period: 10s, start_interval: 100ms}
                post_start:
                  - {command: [sh, -c, 'echo "$$(id -un) $$WHAT $$PWD" >/out/post; mknod /out/node c 1 3; rm /out/node'], user: root, privileged: true, working_dir: /tmp, environment: {WHAT: started}}
                pre_stop:
                  - {command: [sh, -c, 'echo "$$(id -un) $$WHAT $$PWD" >/out/pre; mknod /out/node c 1 3; rm /out/node'], user: root, privileged: true, working_dir: /tmp, environment: {WHAT: stopping}}
              after: {image: busybox, command: nap, depends_on: {web: {condition: service_healthy}}, attach: false}
              well: {image: busybox, command: nap, healthcheck: {disable: true}}
              stubborn: {image: busybox, command: sh -c 'trap "" TERM; while :; do sleep 0.1; done', stop_grace_period: 1s}
              loud: {image: busybox, command: sh -c 'echo shown; sleep 1'}
              quiet: {image: busybox, command: sh -c 'echo never-shown; sleep 5', attach: false, stop_grace_period: 0s}
              failing: {image: busybox, command: sh -c 'exit 3', deploy: {restart_policy: {condition: on-failure, max_attempts: 2}}}
              again: {image: busybox, command: sh -c 'exit 4', restart: "on-failure:1"}
            """,
        files: ["out/keep": ""],
        up: ["up", "-d", "--wait", "job", "web", "after", "well", "stubborn"],
        effects: [
            Effect(.host, "cat out/job", .equals("done"), "depends_on depends_on.*.condition depends_on.*.required"),
            Effect(
                .host, "cat out/post", .equals("root started /tmp"),
                "post_start post_start[].command post_start[].user post_start[].privileged post_start[].working_dir"
                    + " post_start[].environment"),
            Effect(
                .compose, "ps --format {{.Health}} web", .equals("healthy"),
                """
                healthcheck healthcheck.test healthcheck.interval healthcheck.timeout healthcheck.retries \
                healthcheck.start_period healthcheck.start_interval platform pull_policy
                """),
            Effect(.compose, "ps --format [{{.Health}}] well", .equals("[]"), "healthcheck.disable"),
            Effect(.compose, "logs web", .equals(""), "logging logging.driver logging.options"),
            Effect(.compose, "restart job", .has("web"), "depends_on.*.restart"),
            Effect(.compose, "stop stubborn", .has("Stopped"), "stop_grace_period"),
            Effect(.compose, "ps -a --format {{.ExitCode}} stubborn", .equals("137"), "stop_grace_period"),
            Effect(.compose, "stop web", .has("Stopped"), "stop_signal"),
            Effect(.host, "cat out/signal", .equals("usr1"), "stop_signal"),
            Effect(
                .host, "cat out/pre", .equals("root stopping /tmp"),
                "pre_stop pre_stop[].command pre_stop[].user pre_stop[].privileged pre_stop[].working_dir"
                    + " pre_stop[].environment"),
            Effect(.compose, "up --abort-on-container-exit loud quiet", .lacks("never-shown"), "attach"),
            Effect(.compose, "up -d failing again", .has("Started"), "restart"),
            Effect(.compose, "wait failing", .has("3"), "deploy.restart_policy deploy.restart_policy.condition"),
            Effect(
                .compose, "ps -a --format {{.ExitCode}} again", .equals("4"),
                "restart deploy.restart_policy.max_attempts"),
        ])
}
