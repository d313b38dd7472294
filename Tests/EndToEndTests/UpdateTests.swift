import Testing

extension EndToEnd {
    /// `deploy` as one machine means it, and `up --wait`.
    struct Updates {
        /// A web server that answers with its version and gives its visitors half a second to leave when it is stopped.
        private static let server = """
            services:
              web:
                image: busybox
                command: >-
                  sh -c 'mkdir /www; echo v$$VERSION >/www/index.html; httpd -f -h /www & trap "sleep 0.5; exit 0" TERM; wait'
                environment: {VERSION: "${VERSION}"}
                ports: ["${PORT}:80"]
                healthcheck: {test: "${TEST:-wget -q -O /dev/null http://127.0.0.1}", interval: 100ms, retries: 5}
                deploy: {update_config: {order: start-first, monitor: 100ms}}
            """

        @Test
        func startFirstReplacesAServiceWithoutAGap() throws {
            try Project.with(Self.server) { project in
                try project.compose("up", "-d", environment: ["VERSION=1"]).succeeds()
                let page = "http://127.0.0.1:\(project.port)/"
                try eventually("the first one answers") { Host.page(page) == "v1" }
                let update = try project.start(["up", "-d"], environment: ["VERSION=2"])
                var answers: [String?] = []
                while update.isRunning { answers.append(Host.page(page)) }
                try update.finish().succeeds()
                #expect(!answers.contains(nil), "a request was refused")
                #expect(Host.page(page) == "v2")
                #expect(
                    try project.compose("ps", "-a", "--format", "{{.Name}}").succeeds().lines == [
                        "\(project.name)-web-1"
                    ])
                #expect(try project.compose("port", "web", "80").succeeds().text == "0.0.0.0:\(project.port)")
            }
        }

        @Test
        func anUpdateThatDoesNotGetHealthyIsTakenBack() throws {
            try Project.with(Self.server) { project in
                try project.compose("up", "-d", environment: ["VERSION=1"]).succeeds()
                let id = try project.id(of: "web")
                let update = try project.compose("up", "-d", environment: ["VERSION=2", "TEST=false"]).fails(with: 1)
                #expect(update.errors.contains("is unhealthy"))
                #expect(try project.id(of: "web") == id)
                #expect(try project.status(of: "web") == "running 0 healthy")
                #expect(Host.page("http://127.0.0.1:\(project.port)/") == "v1")
            }
        }

        @Test
        func waitingEndsWhenAServiceEnds() throws {
            try Project.with(
                """
                services:
                  quick: {image: busybox, command: "false"}
                  once: {image: busybox, command: "true"}
                  web: {image: busybox, command: nap}
                """
            ) { project in
                let failed = try project.compose("up", "--wait", "quick").fails(with: 1)
                #expect(failed.errors.contains("container \(project.name)-quick-1 exited (1)"))
                try project.compose("up", "--wait", "web", "once").succeeds()
            }
        }

        @Test
        func aJobRunsOnceAndAGlobalServiceHasOneContainer() throws {
            try Project.with(
                """
                services:
                  job:
                    image: busybox
                    command: sh -c 'echo did it'
                    deploy: {mode: replicated-job}
                  agent:
                    image: busybox
                    command: nap
                    deploy: {mode: global, replicas: 3}
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("the job has ended") { try project.status(of: "job") == "exited 0 " }
                let again = try project.compose("up", "-d").succeeds()
                #expect(again.errors.contains("replicas is ignored"))
                #expect(try project.logs(of: "job") == ["did it"])
                #expect(try project.compose("ps", "-q", "agent").succeeds().lines.count == 1)
            }
        }
    }
}
