import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    /// Commands on one project at the same time.
    struct Queue {
        private static let file = """
            services:
              web:
                image: busybox
                command: nap
                ports: ["127.0.0.1:${PORT}:80"]
                volumes: [data:/data]
              db:
                image: busybox
                command: nap
            volumes:
              data:
            """

        @Test
        func manyUpsAtOnceAllSucceedAndMakeOneProject() throws {
            try Project.with(Self.file) { project in
                let ups = try (1...20).map { _ in try project.start(["up", "-d"]) }
                for up in ups { try up.finish(within: 120).succeeds() }
                #expect(try project.compose("ps", "-q").succeeds().lines.count == 2)
                #expect(try project.status(of: "web") == "running 0 ")
                #expect(try project.compose("doctor").succeeds().text == "What is on this host fits to the record.")
            }
        }

        @Test
        func downBesideUpsLeavesNothingOrAllOfTheProject() throws {
            try Project.with(Self.file) { project in
                for _ in 1...3 {
                    let ups = try (1...2).map { _ in try project.start(["up", "-d", "--force-recreate", "-t", "1"]) }
                    let restart = try project.start(["restart", "-t", "1"])
                    let down = try project.start(["down", "-t", "1"])
                    for up in ups { try up.finish().succeeds() }
                    try down.finish().succeeds()
                    _ = try restart.finish()
                    let running = try project.compose("ps", "-q").succeeds().lines.count
                    #expect(running == 0 || running == 2)
                }
            }
        }

        @Test
        func whoWaitsIsToldForWhatAndOtherProjectsDoNotWait() throws {
            try Project.with(
                """
                services:
                  slow:
                    image: busybox
                    command: sh -c 'trap "" TERM; touch /gate/trapped; while :; do sleep 0.1; done'
                    volumes: [./gate:/gate]
                """, files: ["gate/keep": ""]
            ) { project in
                try project.compose("up", "-d").succeeds()
                try eventually("it ignores the signal") { Files.exists(project.folder + "/project/gate/trapped") }
                let stop = try project.start(["stop", "-t", "60"])
                try eventually("it works on the project") {
                    try Files.list(project.folder + "/run/projects").contains { $0.hasSuffix(".queue") }
                }
                let restart = try project.start(["restart", "-t", "0"])
                try eventually("it says so") {
                    restart.errors.contains("waiting for `compose stop` (process \(stop.pid)), which works on project")
                }
                // Neither another project nor what only looks or signals waits.
                try project.compose("-p", project.name + "b", "up", "-d").succeeds()
                try project.compose("-p", project.name + "b", "down", "-t", "0").succeeds()
                try project.compose("ps").succeeds()
                try project.compose("exec", "-T", "slow", "true").succeeds()
                try project.compose("kill").succeeds()
                try stop.finish().succeeds()
                try restart.finish().succeeds()
            }
        }

        @Test
        func anImageThatUpIsAboutToUseIsNotPruned() throws {
            try Project.with(Self.file) { project in
                for _ in 1...4 {
                    let prune = try project.start(["image", "prune", "-af"])
                    let up = try project.start(["up", "-d", "--pull", "never"])
                    let another = try project.start(["image", "prune", "-af"])
                    let outcome = try up.finish()
                    try prune.finish().succeeds()
                    try another.finish().succeeds()
                    // Either it was gone before up looked, or it stayed.
                    if outcome.exitCode != 0 {
                        #expect(outcome.errors.contains("busybox: it is not on this host"), "\(outcome)")
                    }
                    try project.compose("down", "-t", "1").succeeds()
                    try project.compose("image", "load", "-i", Image.path()).succeeds()
                }
            }
        }
    }
}
