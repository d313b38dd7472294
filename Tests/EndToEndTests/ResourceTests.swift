import Glibc
import LinuxSystem
import Testing

extension EndToEnd {
    struct Resources {
        @Test
        func theSupervisorsDescriptorsAndThreadsDoNotGrowWithWhatItHasDone() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'trap "exit 0" TERM; seq 1000; while :; do sleep 0.1; done'
                    ports: ["${PORT}:80"]
                    healthcheck:
                      test: "true"
                      interval: 500ms
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                let supervisor = try #require(Host.supervisor(of: project.folder), "no supervisor is running")
                try work(project)
                let before = try use(of: supervisor)
                for _ in 1...5 { try work(project) }
                try eventually("as many descriptors and threads as before: \(before)") {
                    let now = try use(of: supervisor)
                    return now.descriptors <= before.descriptors && now.threads <= before.threads
                }
            }
        }

        @Test
        func theSupervisorLeavesWithItsProjectsLastContainer() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: nap
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                #expect(Host.supervisor(of: project.folder) != nil)
                try project.compose("down").succeeds()
                try eventually("nothing runs any more") { Host.processes(of: project.folder).isEmpty }
                #expect(try Files.list(project.folder + "/run").allSatisfy { !$0.contains(project.name) })
            }
        }

        /// A container takes about seven descriptors of the supervisor: thirty of them need more than 160.
        private static let thirty = """
            services:
              web:
                image: busybox
                command: nap
                deploy: {replicas: 30}
            """

        @Test
        func howManyFilesTheCallerMayOpenIsNoLimitOfTheProject() throws {
            try Project.with(Self.thirty) { project in
                // Only the soft limit: not everywhere has root the right to raise the hard one.
                try limited("ulimit -Sn 160; exec \"$0\" up -d", project).succeeds()
                #expect(try project.compose("ps", "-q").succeeds().lines.count == 30)
            }
        }

        @Test
        func aContainerForWhichTheSupervisorHasNoDescriptorsLeftIsRefusedWithTheReason() throws {
            try Project.with(Self.thirty) { project in
                // Without this right nobody raises the limit.
                let script = "ulimit -n 160; exec setpriv --bounding-set -sys_resource \"$0\" up -d"
                let up = try limited(script, project).fails(with: 1)
                #expect(
                    up.errors.contains("has too many files open to start another container: it may have 160"), "\(up)")
            }
        }

        private func limited(_ script: String, _ project: Project) throws -> Outcome {
            try Command(
                ["/bin/sh", "-c", script, Binary.path], environment: project.environment,
                directory: project.folder + "/project"
            ).finish()
        }

        private func work(_ project: Project) throws {
            for _ in 1...4 { try project.compose("exec", "-T", "web", "true").succeeds() }
            try project.compose("run", "--rm", "-T", "web", "true").succeeds()
            try project.compose("restart", "-t", "5").succeeds()
            try eventually("it is healthy") { try project.status(of: "web") == "running 0 healthy" }
            _ = Host.page("http://127.0.0.1:\(project.port)/")
        }

        private func use(of process: pid_t) throws -> (descriptors: Int, threads: Int) {
            (try Files.list("/proc/\(process)/fd").count, try Files.list("/proc/\(process)/task").count)
        }
    }
}
