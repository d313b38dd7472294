import LinuxSystem
import Primitives
import SystemPackage
import Testing

@testable import TerminalUI

struct BuildProgressTests {
    private static let second: Int64 = 1_000_000_000

    /// What is printed for events at times in milliseconds.
    private func plain(_ events: [(Int64, BuildStepEvent)]) -> String {
        var text = PlainBuildText()
        return events.map { text.handle($1, now: $0 * 1_000_000) }.joined()
    }

    @Test
    func plainTextIsBuildKits() {
        let text = plain([
            (0, .started(step: 1, name: "[internal] load build definition from Dockerfile")),
            (1, .progress(step: 1, item: "transferring dockerfile", current: 65, total: 0)),
            (3, .completed(step: 1, cached: false, error: nil)),
            (5, .started(step: 2, name: "[1/2] FROM docker.io/library/busybox")),
            (5, .completed(step: 2, cached: true, error: nil)),
            (10, .started(step: 3, name: "[2/2] RUN make")),
            (133, .output(step: 3, isError: false, bytes: Array("cc a.c\nld".utf8))),
            (12_345, .output(step: 3, isError: true, bytes: Array(" a.o\n10%\r20%\rready\n".utf8))),
            (123_456, .output(step: 3, isError: true, bytes: Array("no end".utf8))),
            (123_510, .completed(step: 3, cached: false, error: nil)),
        ])
        #expect(
            text == """
                #1 [internal] load build definition from Dockerfile
                #1 transferring dockerfile: 65B done
                #1 DONE 0.0s

                #2 [1/2] FROM docker.io/library/busybox
                #2 CACHED

                #3 [2/2] RUN make
                #3 0.123 cc a.c
                #3 12.33 ld a.o
                #3 12.33 ready
                #3 123.5 no end
                #3 DONE 123.5s

                """)
    }

    @Test
    func aFailedAndACancelledStepSaySo() {
        let text = plain([
            (0, .started(step: 1, name: "[a 2/2] RUN false")),
            (0, .started(step: 2, name: "[b 2/2] RUN sleep 9")),
            (100, .completed(step: 1, cached: false, error: "exit code: 1")),
            (100, .completed(step: 2, cached: false, error: BuildStepEvent.cancelled)),
        ])
        #expect(
            text == """
                #1 [a 2/2] RUN false
                #1 ERROR: exit code: 1

                #2 [b 2/2] RUN sleep 9
                #2 CANCELED

                """)
    }

    @Test
    func oneStepHasTheWordUntilItEndsNumbersAreGivenInTheOrderOfFirstLines() {
        let text = plain([
            (0, .started(step: 1, name: "[a 2/2] RUN one")),
            (0, .started(step: 2, name: "[b 2/2] RUN two")),
            (10, .output(step: 2, isError: false, bytes: Array("early\n".utf8))),
            (20, .output(step: 1, isError: false, bytes: Array("first\n".utf8))),
            (30, .completed(step: 2, cached: false, error: nil)),
            (40, .output(step: 1, isError: false, bytes: Array("second\n".utf8))),
            (50, .completed(step: 1, cached: false, error: nil)),
        ])
        #expect(
            text == """
                #1 [a 2/2] RUN one
                #1 0.020 first
                #1 ...

                #2 [b 2/2] RUN two
                #2 0.010 early
                #2 DONE 0.0s

                #1 [a 2/2] RUN one
                #1 0.040 second
                #1 DONE 0.1s

                """)
    }

    @Test
    func aStepThatWaitsGetsTheWordWhenTheOtherFallsSilent() {
        var text = PlainBuildText()
        _ = text.handle(.started(step: 1, name: "[a] RUN one"), now: 0)
        _ = text.handle(.started(step: 2, name: "[b] RUN two"), now: 0)
        #expect(text.tick(now: 2 * Self.second) == "")
        #expect(text.tick(now: 6 * Self.second) == "#1 ...\n\n#2 [b] RUN two\n")
        #expect(text.tick(now: 60 * Self.second) == "")
    }

    @Test
    func ofATransferNotEveryPieceIsToldButItsEnd() {
        let layer = "sha256:abc"
        let text = plain([
            (0, .started(step: 1, name: "[1/1] FROM x")),
            (0, .progress(step: 1, item: layer, current: 0, total: 2_220_000)),
            (10, .progress(step: 1, item: layer, current: 20_000, total: 2_220_000)),
            (160, .progress(step: 1, item: layer, current: 1_050_000, total: 2_220_000)),
            (170, .progress(step: 1, item: layer, current: 1_060_000, total: 2_220_000)),
            (200, .progress(step: 1, item: layer, current: 1_600_000, total: 2_220_000)),
            (300, .progress(step: 1, item: layer, current: 2_220_000, total: 2_220_000)),
            (400, .completed(step: 1, cached: false, error: nil)),
        ])
        #expect(
            text == """
                #1 [1/1] FROM x
                #1 sha256:abc 1.05MB / 2.22MB 0.2s
                #1 sha256:abc 1.60MB / 2.22MB 0.2s
                #1 sha256:abc 2.22MB / 2.22MB 0.3s done
                #1 DONE 0.4s

                """)
    }

    @Test
    func theListShowsWhatRunsWithItsLastOutputAndCollapsesAtTheEnd() {
        var list = BuildList()
        list.handle(.started(step: 1, name: "[1/2] FROM busybox"), now: 0)
        list.handle(.completed(step: 1, cached: true, error: nil), now: 0)
        list.handle(.started(step: 2, name: "[2/2] RUN make"), now: 0)
        let output = (1...9).map { "line \($0)\n" }.joined() + "\u{1b}[31mred\u{1b}[0m\n"
        list.handle(.output(step: 2, isError: false, bytes: Array(output.utf8)), now: Self.second)
        let running = list.lines(
            now: 2 * Self.second, width: 40, height: 20, finished: false, colours: false)
        #expect(
            running == [
                "[+] Building 2.0s (1/2)",
                " => CACHED [1/2] FROM busybox       0.0s",
                " => [2/2] RUN make                  2.0s",
                " => => # line 5", " => => # line 6", " => => # line 7", " => => # line 8", " => => # line 9",
                " => => # red",
            ])
        list.handle(.completed(step: 2, cached: false, error: "exit code: 1"), now: 3 * Self.second)
        #expect(
            list.lines(now: 3 * Self.second, width: 40, height: 20, finished: true, colours: false) == [
                "[+] Building 3.0s (2/2) FINISHED",
                " => CACHED [1/2] FROM busybox       0.0s",
                " => ERROR [2/2] RUN make            3.0s",
            ])
    }

    @Test
    func theListFitsIntoTheWindowWhatHasEndedMakesRoom() {
        var list = BuildList()
        for step in 1...20 {
            list.handle(.started(step: step, name: "[\(step)/20] RUN x"), now: 0)
            if step < 20 { list.handle(.completed(step: step, cached: false, error: nil), now: 0) }
        }
        let lines = list.lines(now: 0, width: 20, height: 5, finished: false, colours: false)
        #expect(lines.count <= 5)
        #expect(lines.last == " => [20/20] RUN 0.0s" || lines.last?.hasPrefix(" => [20/20]") == true)
        #expect(lines.allSatisfy { $0.count <= 20 || $0.hasPrefix("[+]") })
    }

    @Test
    func whatChecksFoundIsToldAtTheEndOnce() {
        var text = PlainBuildText()
        let warning = BuildStepEvent.warning("StageNameCasing: lower case (Dockerfile:1)")
        #expect(text.handle(warning, now: 0) + text.handle(warning, now: 0) == "")
        #expect(text.finish() == "\n 1 warning found:\n - StageNameCasing: lower case (Dockerfile:1)\n")
        #expect(text.finish() == "")
    }

    @Test
    func ofAFailedStepTheLastTenLinesAreKeptWithTheirTimes() {
        var step = FailedBuildStep()
        step.handle(.started(step: 1, name: "[2/2] RUN x"), now: 0)
        step.handle(.started(step: 2, name: "[other] RUN y"), now: 0)
        for number in 1...12 {
            step.handle(
                .output(step: 1, isError: true, bytes: Array("line \(number)\n".utf8)), now: Int64(number) * Self.second
            )
        }
        step.handle(.completed(step: 2, cached: false, error: BuildStepEvent.cancelled), now: 13 * Self.second)
        step.handle(.completed(step: 1, cached: false, error: "exit code: 1"), now: 13 * Self.second)
        #expect(step.name == "[2/2] RUN x")
        #expect(step.lastOutput.count == 10)
        #expect(step.lastOutput.first == "3.000 line 3" && step.lastOutput.last == "12.00 line 12")
    }

    @Test
    func aFailureNamesStepOutputAndPlace() {
        let failure = BuildFailureText(
            step: "[2/2] RUN false", lastOutput: ["0.051 bad"], dockerfile: "Dockerfile", line: 2,
            excerpt: ["   1 |     FROM x", "   2 | >>> RUN false"])
        #expect(
            failure.text == """
                ------
                 > [2/2] RUN false:
                0.051 bad
                ------
                Dockerfile:2
                --------------------
                   1 |     FROM x
                   2 | >>> RUN false
                --------------------

                """)
    }

    @Test
    func rawProgressIsBuildKitsObjects() throws {
        let time = Instant(nanoseconds: 1_767_225_600_000_000_000)
        let text = try written { writer in
            let display = RawBuildDisplay(writer, clock: { time }, digest: { "sha256:\($0)" })
            display.report(.started(step: 1, name: "[1/1] RUN \"x\""))
            display.report(.output(step: 1, isError: true, bytes: Array("hello".utf8)))
            display.report(.completed(step: 1, cached: true, error: nil))
        }
        #expect(
            text == """
                {"vertexes":[{"digest":"sha256:1","name":"[1/1] RUN \\"x\\"","started":"2026-01-01T00:00:00Z"}]}
                {"logs":[{"vertex":"sha256:1","stream":2,"data":"aGVsbG8=","timestamp":"2026-01-01T00:00:00Z"}]}
                {"vertexes":[{"digest":"sha256:1","name":"[1/1] RUN \\"x\\"","started":"2026-01-01T00:00:00Z",\
                "completed":"2026-01-01T00:00:00Z","cached":true}]}

                """)
    }

    @Test
    func linesAboutServicesAreDockerComposes() throws {
        #expect(ProgressItem("web", "Pulling", .working).line == "web Pulling ")
        #expect(ProgressItem("web", "Built", .done).line == "web  Built")
        #expect(
            ProgressItem("web", "Skipped", .done, detail: "- No image to be pulled").line
                == "web Skipped - No image to be pulled")
        let text = try written { writer in
            let display = JSONProgress(writer, dryRun: false)
            display.report(
                ProgressItem(
                    "abc", "Downloading", .working, parent: "web", amount: .init(current: 1, total: 4)))
        }
        #expect(
            text == """
                {"id":"abc","parent_id":"web","text":"Downloading",\
                "current":1,"total":4,"percent":25}

                """)
    }
}
