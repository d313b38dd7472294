import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    /// What `up` in the foreground and `logs -f` show of the ends and starts of containers.
    struct Attached {
        @Test
        func restartsAreToldWithTheirExitCodeAndTheNextRunIsShown() throws {
            try Project.with(
                """
                services:
                  loop:
                    image: busybox
                    command: sh -c 'echo run; exit 3'
                    restart: on-failure:2
                """
            ) { project in
                let up = try project.compose("up", "--no-color").succeeds()
                let again = ["loop-1  | run", "loop-1 exited with code 3 (restarting)"]
                #expect(
                    up.lines.filter { $0.hasPrefix("loop-1") }
                        == again + again + ["loop-1  | run", "loop-1 exited with code 3"])
            }
        }

        @Test
        func whoFollowsTheLogsSeesRestartsNewContainersAndTheEnd() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'echo run; while [ ! -e /go ]; do sleep 0.05; done; rm /go; echo bye; exit 4'
                    restart: always
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("it has begun") { try project.logs(of: "web") == ["run"] }
                let following = try project.start(["logs", "-f", "--no-color"])
                var expected = "web-1  | run\n"
                try eventually("what was there is shown") { following.output == expected }
                try project.compose("exec", "-T", "web", "touch", "/go").succeeds()
                expected += "web-1  | bye\nweb-1 exited with code 4 (restarting)\nweb-1  | run\n"
                try eventually("the restart is shown") { following.output == expected }
                try project.compose("up", "-d", "--force-recreate", "-t", "0").succeeds()
                try eventually("the new container is shown") { following.output.hasSuffix("web-1  | run\n") }
                let lines = Set(following.output.dropFirst(expected.count).split(separator: "\n"))
                #expect(lines == ["web-1 has been recreated", "web-1 exited with code 137", "web-1  | run"])
                try project.compose("kill").succeeds()
                let outcome = try following.finish(within: 10).succeeds()
                #expect(outcome.lines.last == "web-1 exited with code 137")
            }
        }

        @Test
        func theFirstEndAbortsAnUpThatIsToldSoAlsoOfAServiceThatWouldBeRestarted() throws {
            try Project.with(
                """
                services:
                  loop:
                    image: busybox
                    command: sh -c 'sleep 0.2; exit 5'
                    restart: always
                  other:
                    image: busybox
                    command: nap
                """
            ) { project in
                let up = try project.compose("up", "--no-color", "--abort-on-container-exit").fails(with: 5)
                #expect(up.lines.contains("loop-1 exited with code 5 (restarting)"))
                #expect(up.lines.contains("Aborting on container exit..."))
                #expect(try project.compose("ps", "-q").succeeds().lines == [])
            }
        }

        /// Two services that have much to say at their end.
        private static let talkers = """
            services:
              one:
                image: busybox
                command: &talk
                  - sh
                  - -c
                  - trap 'i=0; while [ $$i -lt 500 ]; do echo last $$i; i=$$((i+1)); done; exit 3' TERM;
                    echo ready; while :; do sleep 0.1; done
              two:
                image: busybox
                command: *talk
            """

        @Test
        func nothingThatServicesSayAtTheirEndIsLostOnATerminalNorInAFile() throws {
            try Project.with(Self.talkers) { project in
                for onTerminal in [true, false] {
                    let terminal = ["/usr/bin/script", "-qefc", "exec '\(Binary.path)' up", "/dev/null"]
                    let up = try Command(
                        onTerminal ? terminal : [Binary.path, "up"], environment: project.environment,
                        directory: project.folder + "/project")
                    try eventually("both are ready") { up.output.split(separator: "ready").count == 3 }
                    let program = onTerminal ? try #require(Host.children(of: up.pid).first) : up.pid
                    kill(program, SIGINT)
                    let outcome = try up.finish(within: 20).fails(with: 130)
                    // A list that is drawn anew erases the lines that were printed below it.
                    let end = try #require(outcome.output.firstRange(of: "Gracefully Stopping"))
                    #expect(!outcome.output[end.upperBound...].contains("\u{1B}[2K"))
                    for service in ["one-1", "two-1"] {
                        let said = outcome.lines.filter { $0.contains(service) && $0.contains("last ") }
                        #expect(said.count == 500, "\(service) on a terminal: \(onTerminal)")
                        #expect(outcome.output.contains("\(service) exited with code 3"), "\(outcome)")
                    }
                }
            }
        }

        @Test
        func anInterruptAlsoStopsWhatIsNotShownAndTheSecondOneKills() throws {
            try Project.with(
                """
                services:
                  shown:
                    image: busybox
                    command: nap
                  hidden:
                    image: busybox
                    command: sh -c 'trap "sleep 1; exit 7" TERM; while :; do sleep 0.1; done'
                  stubborn:
                    image: busybox
                    command: sh -c 'trap "" TERM; while :; do sleep 0.1; done'
                    stop_grace_period: 1m
                """
            ) { project in
                var up = try project.start(["up", "--no-color", "--attach", "shown", "shown", "hidden"])
                try eventually("both run") { try project.compose("ps", "-q").lines.count == 2 }
                try eventually("it is attached") { up.output.contains("Attaching to shown-1") }
                up.signal(SIGINT)
                try up.finish(within: 20).fails(with: 130)
                #expect(try project.status(of: "hidden").hasPrefix("exited 7"))

                up = try project.start(["up", "--no-color", "stubborn"])
                try eventually("it runs") { try project.status(of: "stubborn").hasPrefix("running") }
                up.signal(SIGINT)
                try eventually("it is being stopped") { up.output.contains("Gracefully Stopping") }
                up.signal(SIGINT)
                #expect(try up.finish(within: 20).fails(with: 130).lines.contains("stubborn-1 exited with code 137"))
            }
        }

        @Test
        func anInterruptWhileServicesWaitForOthersStopsWhatHasStarted() throws {
            try Project.with(
                """
                services:
                  first:
                    image: busybox
                    command: nap
                    healthcheck: {test: [CMD, "false"], interval: 60s}
                  second:
                    image: busybox
                    command: nap
                    depends_on: {first: {condition: service_healthy}}
                """
            ) { project in
                let up = try project.start(["up", "--no-color"])
                try eventually("the first runs") { try project.status(of: "first").hasPrefix("running") }
                up.signal(SIGINT)
                let outcome = try up.finish(within: 20).fails(with: 130)
                #expect(!outcome.output.contains("second-1 exited"))
                #expect(try project.status(of: "first").hasPrefix("exited"))
                #expect(try project.status(of: "second").hasPrefix("created"))
            }
        }
    }
}
