import Glibc
import Testing

extension EndToEnd {
    struct Faults {
        @Test
        func aServiceThatFailsIsStartedAgainAsItsRestartPolicySays() throws {
            try Project.with(
                """
                services:
                  always:
                    image: busybox
                    command: sh -c 'echo start; [ $$(wc -l </runs) -ge 2 ] && exec nap; echo run >>/runs; exit 1'
                    restart: always
                  twice:
                    image: busybox
                    command: sh -c 'echo start; exit 3'
                    restart: on-failure:2
                  never:
                    image: busybox
                    command: sh -c 'echo start; exit 4'
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("twice has given up") { try project.status(of: "twice").hasPrefix("exited 3") }
                #expect(try project.logs(of: "twice") == ["start", "start", "start"])
                #expect(try project.logs(of: "never") == ["start"])
                #expect(try project.status(of: "never").hasPrefix("exited 4"))
                try eventually("always runs again") { try project.status(of: "always").hasPrefix("running") }
                try project.compose("stop").succeeds()
                #expect(try project.status(of: "always").hasPrefix("exited"))
            }
        }

        @Test
        func theDeathOfTheSupervisorStopsNoContainerAndLosesNoOutputAndNoExitCode() throws {
            try Project.with(
                """
                services:
                  survivor:
                    image: busybox
                    command: sh -c 'echo before; while [ ! -e /gate/open ]; do sleep 0.05; done; echo after; exit 7'
                    volumes: [./gate:/gate]
                  other:
                    image: busybox
                    command: nap
                """,
                files: ["gate/keep": ""]
            ) { project in
                try project.compose("up", "-d").succeeds()
                let other = try project.id(of: "other")
                let supervisor = try #require(Host.supervisor(of: project.folder), "no supervisor is running")
                kill(supervisor, SIGKILL)
                try eventually("it is dead") { kill(supervisor, 0) != 0 }
                #expect(try project.compose("exec", "-T", "other", "true").exitCode == 0)
                try project.write("", to: "gate/open")
                try eventually("the exit code is known") { try project.status(of: "survivor").hasPrefix("exited 7") }
                try project.compose("up", "-d", "other").succeeds()
                #expect(try project.id(of: "other") == other)
                try eventually("the output is complete") { try project.logs(of: "survivor") == ["before", "after"] }
            }
        }

        @Test
        func aProgramThatIsNotThereIs127OneThatCannotBeExecuted126ASignal128AndItsNumber() throws {
            try Project.with(
                """
                services:
                  tool:
                    image: busybox
                    command: nap
                  missing:
                    image: busybox
                    command: no-such-program
                """
            ) { project in
                try project.compose("run", "--rm", "-T", "tool", "sh", "-c", "no-such-program").fails(with: 127)
                try project.compose("run", "--rm", "-T", "tool", "sh", "-c", "sh -c 'kill -9 $$'; exit $?").fails(
                    with: 137)
                try project.compose("up", "-d", "tool").succeeds()
                try project.compose("exec", "-T", "tool", "no-such-program").fails(with: 127)
                try project.compose("exec", "-T", "tool", "/etc/passwd").fails(with: 126)
                try project.compose("exec", "-T", "tool", "sh", "-c", "exit 5").fails(with: 5)
                let outcome = try project.compose("up", "-d", "missing")
                #expect(outcome.exitCode != 0 && outcome.errors.contains("no-such-program"), "\(outcome)")
            }
        }

        @Test
        func mistakesInTheFileAndMissingImagesAreRefusedBeforeAnythingIsMade() throws {
            try Project.with("services: {web: {image: busybox, ports: [\"80a\"]}}") { project in
                let ports = try project.compose("up", "-d").fails(with: 1)
                #expect(ports.errors.contains("80a"))
                try project.write("services: {web: {image: busybox}}", to: "compose.yaml")
                let service = try project.compose("up", "-d", "nobody").fails(with: 1)
                #expect(service.errors.contains("nobody"))
                try project.write(
                    "services: {web: {image: 'e2e.invalid/none:1', pull_policy: never}}", to: "compose.yaml")
                let image = try project.compose("up", "-d").fails(with: 1)
                #expect(image.errors.contains("e2e.invalid/none:1"))
                #expect(try project.compose("ps", "-a", "-q").succeeds().lines == [])
                try project.write("services: {web: {image: busybox}}", to: "compose.yaml")
            }
        }

        @Test
        func valuesThatNothingCanBeMadeFromAreToldTogetherBeforeAnythingIsMade() throws {
            let file = """
                services:
                  web:
                    image: e2e.invalid/none:1
                    user: "0:"
                    volumes: ["data:x"]
                  other: {image: busybox, stop_signal: SIGNOPE, ports: ["${PORT}:80"]}
                  third: {image: busybox, ports: ["${PORT}:81"]}
                volumes: {data: {}}
                """
            try Project.with(file) { project in
                try project.compose("config", "-q").succeeds()
                for arguments in [["up", "-d"], ["--dry-run", "up", "-d"]] {
                    let errors = try project.compose(arguments).fails(with: 1).errors
                    let places = errors.split(separator: "\n").map { $0.prefix { $0 != " " } }
                    #expect(
                        places == [
                            "compose.yaml:4:11:", "compose.yaml:5:15:", "compose.yaml:6:40:", "compose.yaml:7:35:",
                        ],
                        "\(errors)")
                }
                #expect(try project.compose("create", "third").succeeds().exitCode == 0)
                let run = try project.compose("run", "--rm", "other", "true").fails(with: 1)
                #expect(run.errors.contains("services.other.stop_signal: invalid signal: SIGNOPE"))
                #expect(try project.compose("volumes", "-q").succeeds().lines == [])
            }
        }

        @Test
        func aContainerRunsWithFewCapabilitiesASystemCallFilterAndNothingOfTheCallers() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sleep 3600
                    stop_signal: SIGKILL
                  user:
                    image: busybox
                    command: nap
                    user: app
                    cap_drop: [ALL]
                """
            ) { project in
                try project.compose("up", "-d", environment: ["CALLERS_SECRET=1"]).succeeds()
                let status = try project.compose("exec", "-T", "web", "cat", "/proc/1/status").succeeds().lines
                #expect(status.contains("CapEff:\t00000000a80425fb"))
                #expect(status.contains("Seccomp:\t2"))
                let environment = try project.compose("exec", "-T", "web", "cat", "/proc/1/environ").succeeds()
                #expect(!environment.output.contains("CALLERS_SECRET") && !environment.output.contains("COMPOSE_"))
                let files = try project.compose("exec", "-T", "web", "ls", "/proc/1/fd").succeeds()
                #expect(files.lines.allSatisfy { ["0", "1", "2"].contains($0) }, "\(files.lines)")
                #expect(try project.compose("exec", "-T", "web", "mount", "-t", "tmpfs", "x", "/tmp").exitCode != 0)
                let user = try project.compose(
                    "exec", "-T", "user", "sh", "-c", "id -un; grep CapEff /proc/self/status")
                #expect(try user.succeeds().lines == ["app", "CapEff:\t0000000000000000"])
            }
        }
    }
}
