import Glibc
import Testing

extension EndToEnd {
    struct Boot {
        private let services = """
            services:
              always: {image: busybox, command: nap, restart: always}
              unless: {image: busybox, command: nap, restart: unless-stopped, depends_on: [always]}
              stopped: {image: busybox, command: nap, restart: unless-stopped}
              once: {image: busybox, command: nap}
            """

        private func states(_ project: Project) throws -> [String] {
            try project.composeAfterBoot("ps", "-a", "--format", "{{.Service}} {{.State}} {{.ExitCode}}").succeeds()
                .lines.sorted()
        }

        @Test
        func afterAPowerCutWhatHasToRunIsStartedAndLostExitCodesAreTold() throws {
            try Project.with(services) { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("stop", "stopped").succeeds()
                // Nothing survives the end of a machine.
                Host.sweep(project.folder)
                #expect(
                    try states(project) == [
                        "always exited 255", "once exited 255", "stopped exited 0", "unless exited 255",
                    ])
                let plan = try project.composeAfterBoot("--dry-run", "system", "start").succeeds()
                #expect(plan.text.contains("start container") && plan.lines.count >= 2)
                try project.composeAfterBoot("system", "start").succeeds()
                let running = ["always running 0", "once exited 255", "stopped exited 0", "unless running 0"]
                #expect(try states(project) == running)
                // Once more changes nothing, whatever was stopped since.
                try project.composeAfterBoot("stop", "unless", "always").succeeds()
                try project.composeAfterBoot("system", "start").succeeds()
                #expect(try states(project).allSatisfy { $0.contains("exited") })
                try project.composeAfterBoot("down", "-v").succeeds()
            }
        }

        @Test
        func afterAnOrderlyShutdownWhatRanIsStarted() throws {
            try Project.with(services) { project in
                try project.compose("up", "-d").succeeds()
                try project.compose("stop", "stopped").succeeds()
                try project.compose("system", "stop", "-t", "5").succeeds()
                #expect(try project.compose("ps", "-q").succeeds().text == "")
                Host.sweep(project.folder)
                try project.composeAfterBoot("system", "start").succeeds()
                let found = try states(project)
                #expect(
                    found == [
                        "always running 0", "once exited 0", "stopped exited 0", "unless running 0",
                    ])
                try project.composeAfterBoot("down", "-v").succeeds()
            }
        }

        @Test
        func theUnitNamesTheProgramAndItsRoots() throws {
            try Project.with(services) { project in
                let unit = try project.compose("enable", "--print").succeeds().text
                #expect(unit.contains("ExecStart=\"\(Binary.path)\" --progress plain system start"))
                #expect(unit.contains("Environment=\"COMPOSE_DATA_ROOT=\(project.folder)/data\""))
            }
        }
    }
}
