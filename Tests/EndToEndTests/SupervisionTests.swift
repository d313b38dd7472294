import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    /// What users see of a supervisor that dies, stops, or cannot be found, and of readers that go away.
    struct Supervision {
        private static let two = """
            services:
              web: {image: busybox, command: nap}
              api: {image: busybox, command: nap}
            """

        @Test
        func whoOnlyLooksDoesNotNeedTheSupervisorAndTheOthersNameOneThatDoesNotAnswer() throws {
            try Project.with(Self.two) { project in
                try project.compose("up", "-d").succeeds()
                let supervisor = try #require(Host.supervisor(of: project.folder), "no supervisor is running")
                kill(supervisor, SIGSTOP)
                defer { kill(supervisor, SIGCONT) }
                for words in [["ps"], ["logs"], ["images"], ["ls"], ["top"], ["exec", "-T", "web", "true"]] {
                    let outcome = try project.start(words).finish(within: 8)
                    #expect(outcome.exitCode == 0, "\(outcome)")
                }
                let stop = try project.start(["stop", "web"]).finish(within: 25)
                #expect(stop.exitCode == 1)
                #expect(stop.errors.contains("process \(supervisor)"), "\(stop)")
            }
        }

        @Test
        func containersThatDiedWithTheirSupervisorHaveExitedAndAreStartedByUp() throws {
            try Project.with(Self.two) { project in
                try project.compose("up", "-d").succeeds()
                try killAll(of: project)
                #expect(try project.status(of: "web").hasPrefix("exited"))
                try project.compose("up", "-d").succeeds()
                for service in ["web", "api"] {
                    #expect(try project.status(of: service).hasPrefix("running"))
                    try project.compose("exec", "-T", service, "true").succeeds()
                }
                try killAll(of: project)
                try project.compose("up", "-d").succeeds()
                for service in ["web", "api"] { try project.compose("exec", "-T", service, "true").succeeds() }
            }
        }

        @Test
        func theSupervisorIsNotInTheControlGroupsOfWhoBeganIt() throws {
            try Project.with(Self.two) { project in
                let group = "compose-caller-\(getpid())"
                try project.composeInGroup(group, "up", "-d").succeeds()
                let own = Host.processes(of: project.folder).compactMap { Files.text("/proc/\($0)/cgroup") }
                #expect(own.count >= 2 && !own.contains { $0.contains(group) }, "\(own)")
            }
        }

        @Test
        func aRestartThatADownOvertakesEndsAndTheSupervisorLeaves() throws {
            try Project.with(
                """
                services:
                  slow:
                    image: busybox
                    command: sh -c 'trap "sleep 1; exit 0" TERM; while :; do sleep 0.1; done'
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                let restart = try project.start(["restart", "-t", "10"])
                try eventually("it restarts") { restart.errors.contains("Restarting") }
                try project.compose("stop", "-t", "10").succeeds()
                _ = try restart.finish(within: 20)
                try project.compose("down").succeeds()
                try eventually("the supervisor has left") { Host.supervisor(of: project.folder) == nil }
            }
        }

        @Test
        func upStartsAgainWhatAKilledStopIsStillStopping() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'trap "echo ending; sleep 2; exit 0" TERM; echo run; while :; do sleep 0.1; done'
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                for (round, verb) in ["up -d", "start"].enumerated() {
                    let stop = try project.start(["stop"])
                    try eventually("it is ending") { try project.logs(of: "web").count == 2 * round + 2 }
                    stop.signal(SIGKILL)
                    try stop.finish().fails(with: 137)
                    try project.compose(verb.split(separator: " ").map(String.init)).succeeds()
                    #expect(try project.status(of: "web").hasPrefix("running"), "\(verb)")
                }
                try eventually("it runs for the third time") {
                    try project.logs(of: "web") == ["run", "ending", "run", "ending", "run"]
                }
            }
        }

        @Test
        func aReaderThatGoesAwayEndsWhoPrintsForItAlsoInSilence() throws {
            try Project.with(Self.two) { project in
                try project.compose("up", "-d").succeeds()
                for words in ["logs -f", "events", "up"] {
                    let pipe = try Command(
                        ["/bin/sh", "-c", "'\(Binary.path)' \(words) | true"], environment: project.environment,
                        directory: project.folder + "/project")
                    #expect(try pipe.finish(within: 15).exitCode == 0, "\(words)")
                }
                #expect(try project.status(of: "web").hasPrefix("running"))
            }
        }

        @Test
        func onAFullDiskNothingFalseIsSaidNoExitCodeIsLostAndDownMakesRoom() throws {
            try Project.with(
                """
                services:
                  ends:
                    image: busybox
                    command: sh -c 'while [ ! -e /gate/open ]; do sleep 0.05; done; exit 7'
                    volumes: [./gate:/gate]
                  stays: {image: busybox, command: nap, volumes: ["data:/data"]}
                  other: {image: busybox, command: nap}
                volumes: {data: {}}
                """,
                files: ["gate/keep": ""], dataSize: 192 << 20
            ) { project in
                try project.compose("up", "-d").succeeds()
                let filler = try project.fillDisk()
                defer { unlink(filler) }
                try project.write("", to: "gate/open")
                try eventually("the exit code is known") { try project.status(of: "ends").hasPrefix("exited 7") }
                try project.compose("stop", "-t", "5", "stays").succeeds()
                #expect(try project.status(of: "stays").hasPrefix("exited"))
                #expect(try project.status(of: "other").hasPrefix("running"))
                try project.compose("down", "-v", "-t", "5").succeeds()
                try project.compose("image", "prune", "-a", "-f").succeeds()
                unlink(filler)
                try project.compose("image", "load", "-i", Image.path()).succeeds()
                try project.compose("up", "-d").succeeds()
            }
        }

        /// Kills the supervisor, the keeper and the containers, as when the machine's memory is exhausted.
        private func killAll(of project: Project) throws {
            let all = Host.processes(of: project.folder)
            for process in all { kill(process, SIGKILL) }
            try eventually("all are dead") {
                all.allSatisfy { process in
                    guard let status = ProcessStatus(pid: process) else { return true }
                    return status.state == "Z"
                }
            }
        }
    }
}
