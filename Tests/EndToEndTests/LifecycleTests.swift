import Glibc
import Testing

extension EndToEnd {
    struct Lifecycle {
        @Test
        func upStartsTheServicesPsAndLogsShowThemExecEntersThemDownRemovesThem() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'echo hello from $$HOSTNAME; exec nap'
                    hostname: webhost
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                #expect(try project.compose("ps", "--services").succeeds().lines == ["web"])
                #expect(try project.compose("ps").succeeds().output.contains("\(project.name)-web-1"))
                try eventually("the line is logged") { try project.logs(of: "web") == ["hello from webhost"] }
                #expect(try project.compose("logs", "--no-color").succeeds().text == "web-1  | hello from webhost")
                #expect(try project.compose("exec", "-T", "web", "hostname").succeeds().text == "webhost")
                try project.compose("down").succeeds()
                #expect(try project.compose("ps", "-a", "-q").succeeds().lines == [])
            }
        }

        @Test
        func aSecondUpChangesNothingAChangedServiceIsMadeAnewTheOthersStay() throws {
            let file = """
                services:
                  same:
                    image: busybox
                    command: nap
                  changing:
                    image: busybox
                    command: nap
                    environment:
                      COLOUR: ${COLOUR:-red}
                """
            try Project.with(file) { project in
                try project.compose("up", "-d").succeeds()
                let first = (try project.id(of: "same"), try project.id(of: "changing"))
                try project.compose("up", "-d").succeeds()
                #expect(try (project.id(of: "same"), project.id(of: "changing")) == first)
                try project.compose("up", "-d", environment: ["COLOUR=blue"]).succeeds()
                #expect(try project.id(of: "same") == first.0)
                #expect(try project.id(of: "changing") != first.1)
                let colour = try project.compose("exec", "-T", "changing", "sh", "-c", "echo $COLOUR").succeeds()
                #expect(colour.text == "blue")
                try project.compose("up", "-d", "--force-recreate", "same", environment: ["COLOUR=blue"]).succeeds()
                #expect(try project.id(of: "same") != first.0)
            }
        }

        @Test
        func stopKeepsTheContainerWithItsFilesStartAndRestartRunItAgain() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'echo start >>/starts; exec nap'
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                let id = try project.id(of: "web")
                try project.compose("stop").succeeds()
                #expect(try project.status(of: "web").hasPrefix("exited 0"))
                try project.compose("start").succeeds()
                try project.compose("restart").succeeds()
                #expect(try project.id(of: "web") == id)
                try eventually("it has started three times") {
                    try project.compose("exec", "-T", "web", "cat", "/starts").lines.count == 3
                }
            }
        }

        @Test
        func replicasAreNumberedAndScalingChangesOnlyTheirNumber() throws {
            try Project.with(
                """
                services:
                  worker:
                    image: busybox
                    command: nap
                    deploy:
                      replicas: 2
                """
            ) { project in
                try project.compose("up", "-d").succeeds()
                let two = try project.compose("ps", "-q", "--no-trunc").succeeds().lines
                #expect(two.count == 2)
                try project.compose("up", "-d", "--scale", "worker=4").succeeds()
                let four = try project.compose("ps", "-q", "--no-trunc").succeeds().lines
                #expect(four.count == 4 && Set(four).isSuperset(of: two))
                let index = try project.compose("exec", "-T", "--index", "3", "worker", "true")
                #expect(index.exitCode == 0)
                try project.compose("up", "-d", "--scale", "worker=1").succeeds()
                #expect(try project.compose("ps", "-q", "--no-trunc").succeeds().lines.count == 1)
            }
        }

        @Test
        func attachedUpPrintsWhatTheServicesWriteAndAnInterruptStopsThem() throws {
            try Project.with(
                """
                services:
                  web:
                    image: busybox
                    command: sh -c 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.1; done'
                """
            ) { project in
                let up = try project.start(["up", "--no-color"])
                try eventually("the service's output is shown") { up.output.contains("ready") }
                up.signal(SIGINT)
                let outcome = try up.finish(within: 20)
                #expect(outcome.exitCode == 130 || outcome.exitCode == 0, "\(outcome)")
                #expect(try project.status(of: "web").hasPrefix("exited 0"))
                #expect(try project.logs(of: "web") == ["ready", "bye"])
            }
        }

        @Test
        func attachedUpEndsWithTheCodeOfTheServiceItIsToldToFollow() throws {
            try Project.with(
                """
                services:
                  job:
                    image: busybox
                    command: sh -c 'sleep 0.2; exit 33'
                  other:
                    image: busybox
                    command: nap
                """
            ) { project in
                try project.compose("up", "--exit-code-from", "job").fails(with: 33)
                #expect(try project.compose("ps", "-q").succeeds().lines == [])
            }
        }

        @Test
        func runGivesAOneOffContainerItsInputPassesItsOutputAndExitCodeOnAndRemovesIt() throws {
            try Project.with(
                """
                services:
                  tool:
                    image: busybox
                    command: nap
                """
            ) { project in
                let outcome = try project.compose(
                    "run", "--rm", "-T", "tool", "sh", "-c", "tr a-z A-Z; echo done >&2; exit 7", input: "text\n")
                try outcome.fails(with: 7)
                #expect(outcome.output == "TEXT\n")
                #expect(outcome.errors.contains("done"))
                #expect(try project.compose("ps", "-a", "-q").succeeds().lines == [])
            }
        }
    }
}
