import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    struct Commands {
        /// One service that does nothing.
        private let nap = """
            services:
              web:
                image: busybox
                command: nap
            """

        @Test
        func cpTakesFilesAndFoldersInAndOut() throws {
            try Project.with(nap, files: ["tree/a": "1", "tree/deep/b": "2"]) { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("cp", "tree", "web:/work/").succeeds()
                let inside = try project.compose("exec", "-T", "web", "cat", "/work/tree/deep/b").succeeds()
                #expect(inside.text == "2")
                try project.compose("exec", "-T", "web", "sh", "-c", "echo 3 >/work/tree/c").succeeds()
                try project.compose("cp", "web:/work/tree", "copy").succeeds()
                #expect(try Files.list(project.folder + "/project/copy") == ["a", "c", "deep"])
                #expect(try project.compose("cp", "web:/no/such/file", "x").exitCode != 0)
            }
        }

        @Test
        func filesFromElsewhereAreAskedAboutBeforeTheyAreStarted() throws {
            let remote = """
                services:
                  evil: {image: busybox, command: nap, privileged: true, volumes: ["/:/h"]}
                """
            try Project.with("include: [\"file://./repository\"]", files: ["repository/compose.yaml": remote]) {
                project in
                let repository = project.folder + "/project/repository"
                for words in [
                    ["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"],
                ] { _ = Host.run(["/usr/bin/git", "-C", repository] + words) }
                try project.write("include: [\"file://\(repository)\"]", to: "compose.yaml")
                let refused = try project.compose("up", "-d").fails(with: 1)
                #expect(refused.errors.contains("service evil: privileged, /"), "\(refused.errors)")
                #expect(refused.errors.contains("operation cancelled by user"))
                #expect(try project.compose("ps", "-aq").succeeds().text == "")
                try project.compose("up", "-d", input: "y\n").succeeds()
                try project.compose("down").succeeds()
                try project.compose("up", "-d", "-y").succeeds()
                #expect(try project.status(of: "evil").hasPrefix("running"))
            }
        }

        /// A process's words are its own: they neither move the cursor nor make up a row.
        @Test
        func topAndPsShowWhatAProcessIsCalledOnOneLine() throws {
            try Project.with(
                #"""
                services:
                  web:
                    image: busybox
                    command:
                      - sh
                      - -c
                      - exec sh -c 'while :; do sleep 1; done' "$$(printf '\033[2Jx\nroot 1 forged')"
                """#
            ) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("the shell has its name") {
                    try project.compose("top").succeeds().text.contains("forged")
                }
                let text = try project.compose("top").succeeds().text
                #expect(!text.utf8.contains { $0 < 0x20 && $0 != 0x0A })
                #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("web") || $0.hasPrefix("SERVICE") })
            }
        }

        @Test
        func debugPrintsTheChainOfCauses() throws {
            try Project.with(nap) { project in
                let short = try project.compose("image", "import", "/tmp", "x").fails(with: 1)
                #expect(short.errors == "/tmp: reading the archive: is a directory\n")
                let long = try project.compose("--debug", "image", "import", "/tmp", "x").fails(with: 1)
                #expect(long.errors.hasPrefix(short.errors))
                for cause in ["ArchiveError", "Errno"] { #expect(long.errors.contains("\ncaused by: \(cause): ")) }
            }
        }

        @Test
        func pauseFreezesTheProcessesAndUnpauseLetsThemGoOn() throws {
            try Project.with(nap) { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("pause").succeeds()
                #expect(try project.status(of: "web").hasPrefix("paused"))
                try project.compose("unpause").succeeds()
                #expect(try project.status(of: "web").hasPrefix("running"))
                try project.compose("exec", "-T", "web", "true").succeeds()
            }
        }

        @Test
        func killSendsTheSignalItIsToldToWaitTellsHowTheServiceEnded() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'trap "exit 9" USR1; echo ready; while :; do sleep 0.1; done'
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("it listens to signals") { try project.logs(of: "web") == ["ready"] }
                let wait = try project.start(["wait", "web"])
                try project.compose("kill", "-s", "USR1", "web").succeeds()
                try wait.finish(within: 15).fails(with: 9)
                #expect(try project.status(of: "web").hasPrefix("exited 9"))
            }
        }

        @Test
        func logsFollowWhatIsWrittenAndShowNoMoreLinesThanAskedFor() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'seq 5; while [ ! -e /go ]; do sleep 0.05; done; echo end; exec nap'
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("all is written") { try project.logs(of: "web").count == 5 }
                let tail = try project.compose("logs", "--no-log-prefix", "--tail", "2", "web").succeeds()
                #expect(tail.lines == ["4", "5"])
                let following = try project.start(["logs", "-f", "--no-log-prefix", "--no-color"])
                try eventually("the earlier lines are shown") { following.output.contains("5\n") }
                try project.compose("exec", "-T", "web", "touch", "/go").succeeds()
                try eventually("the new line is shown") { following.output.hasSuffix("end\n") }
                following.signal(SIGINT)
                #expect(try [0, 130].contains(following.finish(within: 10).exitCode))
            }
        }

        @Test
        func noByteIsLostOnTheWayThroughExecAndIntoTheLog() throws {
            try Project.with(
                """
                services:
                  talk:
                    image: busybox
                    command: sh -c 'seq 100000'
                  web:
                    image: busybox
                    command: nap
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                let sent = (1...200_000).map(String.init).joined(separator: "\n")
                let echoed = try project.compose("exec", "-T", "web", "cat", input: sent).succeeds()
                #expect(echoed.output == sent)
                try eventually("talk has ended") { try project.status(of: "talk").hasPrefix("exited 0") }
                let lines = try project.logs(of: "talk")
                #expect(lines.count == 100_000 && lines.last == "100000")
            }
        }

        @Test
        func limitsOfMemoryAndOfProcessesHold() throws {
            try Project.with(
                """
                services:
                  memory:
                    image: busybox
                    command: sh -c 'head -c 200m /dev/zero | tail | wc -c'
                    mem_limit: 32m
                    memswap_limit: 32m
                  processes:
                    image: busybox
                    command: nap
                    pids_limit: 20
                  full:
                    image: busybox
                    command: nap
                    pids_limit: 3
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                // nap and its sleep: there is room for one, but who enters takes two for a moment.
                let late = try project.compose("exec", "-T", "full", "true").fails(with: 126)
                #expect(late.errors.contains("there is no room for two more within its limit of processes"))
                try eventually("memory has ended") { try project.status(of: "memory").hasPrefix("exited") }
                #expect(try !project.logs(of: "memory").contains("\(200 << 20)"))
                let many = "for i in $(seq 40); do sleep 1 & done; wait"
                let bomb = try project.compose("exec", "-T", "processes", "sh", "-c", many)
                #expect(bomb.errors.contains("fork"), "\(bomb)")
            }
        }

        @Test
        func twoProjectsWithTheSameServicesLiveSideBySide() throws {
            try Project.with(nap) { project in
                let second = "\(project.name)b"
                try project.compose("up", "-d").succeeds()
                try project.compose("-p", second, "up", "-d").succeeds()
                let names = try project.compose("ls", "--format", "json").succeeds().output
                #expect(names.contains("\"\(project.name)\"") && names.contains("\"\(second)\""))
                try project.compose("-p", second, "down", "-v").succeeds()
                #expect(try project.status(of: "web").hasPrefix("running"))
            }
        }

        @Test
        func anUpThatIsKilledOnItsWayCanBeRepeatedAndDownRemovesWhatItHadMade() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                    volumes: [data:/data]
                    deploy:
                      replicas: 6
                volumes:
                  data:
                """
            ) { project in
                for _ in 1...3 {
                    let up = try project.start(["up", "-d"])
                    try eventually("it has begun") {
                        try !up.isRunning || !(project.compose("ps", "-a", "-q").lines.isEmpty)
                    }
                    up.signal(SIGKILL)
                    _ = try up.finish()
                    try project.compose("down", "-v", "-t", "5").succeeds()
                }
                try project.compose("up", "-d").succeeds()
                #expect(try project.compose("ps", "-q").succeeds().lines.count == 6)
            }
        }
    }
}
