import EngineModel
import ImageModel
import Primitives
import Testing

struct ConfigurationChangeTests {
    private typealias Execution = ImageConfiguration.Execution

    private func changed(_ lines: String..., from start: Execution = Execution()) throws -> Execution {
        var execution = start
        try ConfigurationChange.apply(lines, to: &execution)
        return execution
    }

    @Test(
        arguments: [
            (#"A=1 B=2"#, ["A=1", "B=2"]), (#"A="x y" B='p "q"'"#, ["A=x y", #"B=p "q""#]),
            (#"A=x\ y"#, ["A=x y"]), (#"A="x\"y""#, [#"A=x"y"#]), (#"A='x\y'"#, [#"A=x\y"#]),
            (#"A="#, ["A="]), (#"A=""  B=''"#, ["A=", "B="]), (#"A==b=c"#, ["A==b=c"]),
            ("A=1\t\u{A0}B=2", ["A=1", "B=2"]), ("A two  words", ["A=two  words"]), ("A 1 B=2", ["A=1 B=2"]),
        ])
    func wordsOfVariablesAreQuotedAsInAShell(text: String, expected: [String]) throws {
        #expect(try changed("ENV \(text)").environment == expected)
    }

    @Test func aVariableThatIsSetAgainMovesToTheEnd() throws {
        let execution = try changed("ENV A=1 AB=2", "ENV A=3")
        #expect(execution.environment == ["AB=2", "A=3"])
    }

    @Test func portsAndVolumesAreListedOnce() throws {
        let execution = try changed("EXPOSE 80 80/tcp 79-81", "VOLUME /a /b", #"VOLUME ["/b", "/c d"]"#)
        #expect(execution.exposedPorts.map(\.number) == [80, 79, 81])
        #expect(execution.volumes == ["/a", "/b", "/c d"])
    }

    @Test(
        arguments: [
            (nil, "a", "/a"), ("/srv", "a", "/srv/a"), ("/srv/", "a", "/srv/a"), ("/srv", "/x", "/x"), ("/", "a", "/a"),
        ] as [(String?, String, String)])
    func aWorkingDirectoryIsRelativeToTheOneBefore(before: String?, line: String, expected: String) throws {
        var start = Execution()
        start.workingDirectory = before
        #expect(try changed("WORKDIR \(line)", from: start).workingDirectory == expected)
    }

    @Test func anEntrypointTakesAwayACommandThatNoChangeHasSet() throws {
        var start = Execution()
        start.command = ["old"]
        start.entrypoint = ["base"]
        #expect(try changed("ENTRYPOINT [\"e\"]", from: start).command == nil)
        #expect(try changed("CMD [\"c\"]", "ENTRYPOINT [\"e\"]", from: start).command == ["c"])
        let cleared = try changed("ENTRYPOINT", from: start)
        #expect(cleared.entrypoint == [] && cleared.command == nil)
    }

    @Test func aLineIsRunByTheShellOfTheImage() throws {
        var start = Execution()
        start.shell = ["/bin/bash", "-o", "pipefail", "-c"]
        let execution = try changed("CMD run it", "ENTRYPOINT other", from: start)
        #expect(execution.command == ["/bin/bash", "-o", "pipefail", "-c", "run it"])
        #expect(execution.entrypoint == ["/bin/bash", "-o", "pipefail", "-c", "other"])
        #expect(try changed("SHELL [\"/s\"]", "CMD x", from: start).command == ["/s", "x"])
    }

    @Test func whatIsNotChangedStays() throws {
        var start = Execution()
        start.command = ["old"]
        start.labels = ["a": "1", "b": "2"]
        start.user = "app"
        let execution = try changed("label b=3 c=4", "  STOPSIGNAL   SIGQUIT  ", "user 0:0", from: start)
        #expect(execution.command == ["old"])
        #expect(execution.labels == ["a": "1", "b": "3", "c": "4"])
        #expect(execution.stopSignal == "SIGQUIT")
        #expect(execution.user == "0:0")
    }

    @Test(
        arguments: [
            ("NONE", Healthcheck(test: ["NONE"])), ("CMD [\"a\", \"b\"]", Healthcheck(test: ["CMD", "a", "b"])),
            ("cmd a b", Healthcheck(test: ["CMD-SHELL", "a b"])),
            ("CMD [a, b]", Healthcheck(test: ["CMD-SHELL", "[a, b]"])),
            (
                "--timeout=3s --start-period=1m --start-interval=500ms --retries=2 CMD x",
                Healthcheck(
                    test: ["CMD-SHELL", "x"], timeout: .seconds(3), startPeriod: .seconds(60),
                    startInterval: .milliseconds(500), retries: 2)
            ), ("--retries=0 CMD x", Healthcheck(test: ["CMD-SHELL", "x"])),
        ])
    func aHealthCheckIsRead(text: String, expected: Healthcheck) throws {
        #expect(try changed("HEALTHCHECK \(text)").healthcheck == expected)
    }

    @Test(
        arguments: [
            "", "   ", "ENV", "ENV A", "ENV A=\"x", "ENV A='x", "ENV A=1 B", "ENV =x", "LABEL a", "SHELL /bin/sh",
            "SHELL [1]", "EXPOSE 0", "EXPOSE 65536", "EXPOSE 1/icmp", "HEALTHCHECK CMD", "HEALTHCHECK x",
            "HEALTHCHECK NONE x", "HEALTHCHECK --interval CMD x", "HEALTHCHECK --interval=-1s CMD x",
            "HEALTHCHECK --interval=1 CMD x", "HEALTHCHECK --retries=-1 CMD x", "HEALTHCHECK --often=1 CMD x",
            "STOPSIGNAL FOO", "HEALTHCHECK --interval=0s CMD x",
        ])
    func aMistakeIsRefused(line: String) {
        let error = #expect(throws: ImageFormatError.self) { try changed(line) }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: ["RUN x", "COPY a b", "ADD a b", "FROM a", "ARG a", "ONBUILD USER x", "MAINTAINER me", "\u{0} x"])
    func whatNeedsABuildIsNotSupported(line: String) {
        let error = #expect(throws: ImageFormatError.self) { try changed(line) }
        #expect(error?.code == .unsupported)
        #expect(error?.category == .unsupported)
    }

    @Test func aRefusedChangeLeavesAllAsItWas() {
        var execution = Execution()
        execution.environment = ["A=1"]
        let before = execution
        #expect(throws: ImageFormatError.self) { try ConfigurationChange.apply(["ENV A=2 B=\""], to: &execution) }
        #expect(execution == before)
    }
}
