import Testing

extension EndToEnd {
    /// What commands print as lists, JSON and templates.
    struct Formats {
        private let shop = """
            services:
              web:
                image: busybox
                init: true
                command:
                  - sh
                  - -c
                  - |
                    echo one
                    exec nap "two"
                ports: ["127.0.0.1:${PORT}:80"]
                labels: {org.shop.tier: "front row"}
                environment: {LEVEL: "1"}
                healthcheck: {test: "true", interval: 1s}
              db: {image: busybox, init: true, command: nap, network_mode: host}
            """

        @Test
        func psTakesGosTemplates() throws {
            try Project.with(shop) { project in
                try project.compose("up", "-d").succeeds()
                func ps(_ format: String) throws -> String {
                    try project.compose("ps", "web", "--format", format).succeeds().text
                }
                #expect(
                    try ps(#"{{range .Publishers}}{{.URL}}:{{.PublishedPort}}->{{.TargetPort}}{{end}}"#)
                        == "127.0.0.1:\(project.port)->80")
                #expect(try ps(#"{{if and (eq .State "running") (ne .Health "unhealthy")}}up{{end}}"#) == "up")
                #expect(
                    try ps(#"{{.Label "org.shop.tier"}}|{{printf "%-8s|" .State}} {{- $n := .Service}}{{$n}}"#)
                        == "front row|running |web")
                #expect(try ps("{{json .}}").contains(#""Publishers":[{"URL":"127.0.0.1","TargetPort":80,"#))
                #expect(try ps("{{.Command}}").split(separator: "\n").count == 1)
                let all = try project.compose("ps", "--format", "{{.Service}} {{.Networks}}").succeeds()
                #expect(all.lines == ["db host", "web \(project.name)_default"])
                let wrong = try project.compose("ps", "--format", "{{.Nosuch}}").fails(with: 1)
                #expect(wrong.output == "")
                #expect(wrong.errors.contains("can't evaluate field Nosuch in type *formatter.ContainerContext"))
                let hash = try project.compose("config", "--hash", "web").succeeds().text
                #expect(try ps(#"web {{.Label "com.docker.compose.config-hash"}}"#) == hash)
            }
        }

        @Test
        func eventsTellOfExecsCopiesAndRestarts() throws {
            try Project.with(shop) { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("exec", "-T", "web", "echo", "hi").succeeds()
                try project.compose("cp", "web:/etc/passwd", "passwd").succeeds()
                try project.compose("restart", "-t", "0", "web").succeeds()
                var lines: [String] = []
                try eventually("a health check ran") {
                    lines = try project.compose("events", "--json", "--since", "1h", "--until", "0s", "web").succeeds()
                        .lines
                    return lines.contains { $0.contains(#""action":"exec_die""#) && $0.contains(#""exitCode":"0""#) }
                        && lines.contains { $0.contains(#""action":"exec_start: /bin/sh -c true""#) }
                }
                for action in ["exec_create: echo hi", "exec_start: echo hi", "archive-path", "restart"] {
                    #expect(lines.contains { $0.contains("\"action\":\"\(action)\"") }, "\(action)")
                }
                #expect(lines.filter { $0.contains("\"action\":\"exec_") }.allSatisfy { $0.contains("\"execID\":\"") })
                #expect(lines.allSatisfy { $0.contains("Z\",\"type\":\"container\"}") })
            }
        }

        @Test
        func whatCannotBeEnteredExitsWith126AndABareNameTakesAVariableAway() throws {
            try Project.with(shop) { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("exec", "-T", "-u", "nosuch", "web", "true").fails(with: 126)
                try project.compose("exec", "-T", "-w", "/nosuch", "web", "true").fails(with: 126)
                try project.compose("exec", "-T", "web", "nosuch").fails(with: 127)
                let words = ["exec", "-T", "-e", "LEVEL", "web", "sh", "-c", "echo ${LEVEL-none}"]
                #expect(try project.compose(words).succeeds().text == "none")
                let given = try project.compose(words, environment: ["LEVEL=5"]).succeeds()
                #expect(given.text == "5")
                try project.compose("unpause", "web").fails(with: 1)
                try project.compose("pause", "web").succeeds()
                try project.compose("pause", "web").fails(with: 1)
                try project.compose("unpause", "web").succeeds()
            }
        }

        @Test
        func listsHaveDockersFields() throws {
            try Project.with(shop) { project in
                try project.compose("up", "-d", "web").succeeds()
                try project.compose("create", "db").succeeds()
                let listed = try project.compose("ls", "--format", "json").succeeds().text
                #expect(listed.contains(#""Status":"running(1)""#))
                let id = try project.id(of: "web")
                let stats = try project.compose("stats", "--no-stream", "--format", "json", "web").succeeds().text
                #expect(stats.contains("\"Container\":\"\(id)\"") && stats.contains("\"ID\":\"\(id.prefix(12))\""))
                #expect(
                    try project.compose("images", "--format", "json").succeeds().text.contains("\"LastTagTime\":\""))
                let image = try project.compose("image", "inspect", "busybox").succeeds().output
                #expect(image.hasPrefix("[\n    {\n        \"") && !image.contains("\" : "))
                let plain = try project.compose("--dry-run", "stop", "web").succeeds()
                #expect(plain.output == "1. stop container \(project.name)-web-1\n")
                #expect(plain.errors.hasPrefix(" DRY-RUN MODE -  Container \(project.name)-web-1  Stopping\n"))
            }
        }
    }
}
