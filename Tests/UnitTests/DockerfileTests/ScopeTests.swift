import Dockerfile
import EngineModel
import ImageModel
import Primitives
import Testing

struct ScopeTests {
    /// Goes through the last stage and returns its configuration, scope and history.
    private func follow(
        _ text: String, arguments: [String: String] = [:], environment: [String] = []
    ) throws -> (configuration: StageConfiguration, scope: VariableScope, history: [String], warnings: [String]) {
        let file = try Dockerfile(parsing: text)
        let platform = PredefinedArguments.platformValues(
            build: Platform(architecture: "amd64", os: "linux"),
            target: Platform(architecture: "arm", os: "linux", variant: "v7"))
        let globals = try GlobalScope(file, buildArguments: arguments, platform: platform)
        var scope = VariableScope(globals: globals, environment: environment)
        var base = ImageConfiguration.Execution()
        base.environment = environment
        base.command = ["base"]
        var configuration = StageConfiguration(base)
        var history: [String] = []
        var warnings: [String] = []
        for instruction in try #require(file.stages.last).instructions {
            let expanded = try file.expand(instruction, in: scope)
            scope.apply(expanded.instruction)
            try configuration.apply(expanded.instruction, of: file.name)
            history.append(configuration.createdBy(expanded.instruction, arguments: scope.declaredArguments))
            warnings += expanded.warnings.map(\.text)
        }
        return (configuration, scope, history, warnings)
    }

    @Test func fromSeesTheArgumentsBeforeIt() throws {
        let file = try Dockerfile(parsing: "ARG A=1\nARG B=$A-x\nFROM img:${B}-$TARGETARCH\n")
        let platform = ["TARGETARCH": "arm64"]
        let plain = try GlobalScope(file, buildArguments: [:], platform: platform)
        #expect(try file.expand(file.stages[0].base, in: plain, at: LineRange(3, 3)) == "img:1-x-arm64")
        let given = try GlobalScope(file, buildArguments: ["A": "2", "C": "no"], platform: platform)
        #expect(try file.expand(file.stages[0].base, in: given, at: LineRange(3, 3)) == "img:2-x-arm64")
    }

    @Test func aStageSeesGlobalsOnlyAfterItsOwnArgument() throws {
        let found = try follow(
            "ARG A=global\nARG B=global\nFROM x\nLABEL before=$A\nARG A\nARG B=own\nARG TARGETPLATFORM\n"
                + "LABEL a=$A b=$B p=$TARGETPLATFORM")
        #expect(
            found.configuration.execution.labels == [
                "before": "", "a": "global", "b": "own", "p": "linux/arm/v7",
            ])
        #expect(found.warnings == ["the variable \"$A\" is not set"])
    }

    @Test func buildArgumentsWinOverDefaultsAndOfTheSameNameTheLastWins() throws {
        let found = try follow(
            "FROM x\nARG A=1 B=$A\nARG C=arg\nENV C=env\nENV D=env\nARG D\nLABEL a=$A b=$B c=$C d=$D",
            arguments: ["A": "given", "C": "given", "D": "given", "E": "unused"])
        #expect(
            found.configuration.execution.labels == ["a": "given", "b": "given", "c": "env", "d": "given"])
        #expect(found.scope.runEnvironment == ["C=env", "D=given", "A=given", "B=given"])
    }

    @Test func oneEnvInstructionSeesOnlyWhatWasBeforeIt() throws {
        let found = try follow("FROM x\nENV A=1\nENV A=2 B=$A\nENV PATH=/x:$PATH", environment: ["PATH=/bin"])
        #expect(found.configuration.execution.environment == ["PATH=/x:/bin", "A=2", "B=1"])
    }

    @Test func undeclaredProxiesReachRunButNotItsKey() throws {
        let undeclared = try follow("FROM x\nLABEL p=$HTTP_PROXY", arguments: ["HTTP_PROXY": "p:1"])
        #expect(undeclared.scope.proxyEnvironment == ["HTTP_PROXY=p:1"])
        #expect(undeclared.scope.runEnvironment.isEmpty)
        #expect(undeclared.configuration.execution.labels["p"] == "")
        let declared = try follow("FROM x\nARG HTTP_PROXY", arguments: ["HTTP_PROXY": "p:1"])
        #expect(declared.scope.proxyEnvironment.isEmpty)
        #expect(declared.scope.runEnvironment == ["HTTP_PROXY=p:1"])
    }

    @Test func argumentsThatNothingDeclaresAreNamed() throws {
        let file = try Dockerfile(parsing: "ARG A\nFROM x\nARG B\n")
        #expect(file.unusedArguments(of: ["A", "B", "C", "no_proxy", "TARGETARCH", "BUILDKIT_INLINE_CACHE"]) == ["C"])
    }

    @Test func configurationFollowsTheInstructions() throws {
        let found = try follow(
            """
            FROM x
            WORKDIR /a/./b
            WORKDIR ../c
            USER $U
            VOLUME ["/v w", "/x"]
            EXPOSE 80 53/UDP 9000-9002 $PORTS
            SHELL ["/bin/bash", "-c"]
            ENTRYPOINT run it
            CMD ["a", "b\\"c"]
            STOPSIGNAL SIGINT
            HEALTHCHECK --retries=3 CMD true
            ONBUILD RUN x
            MAINTAINER me
            """, environment: ["U=1000:1000", "PORTS=1 2/udp"])
        let execution = found.configuration.execution
        #expect(execution.workingDirectory == "/a/c")
        #expect(execution.user == "1000:1000")
        #expect(execution.volumes == ["/v w", "/x"])
        #expect(
            execution.exposedPorts.map(\.description)
                == ["80/tcp", "53/udp", "9000/tcp", "9001/tcp", "9002/tcp", "1/tcp", "2/udp"])
        #expect(execution.entrypoint == ["/bin/bash", "-c", "run it"])
        #expect(execution.command == ["a", "b\"c"])
        #expect(execution.healthcheck?.test == ["CMD-SHELL", "true"])
        #expect(execution.onBuild == ["RUN x"])
        #expect(found.configuration.author == "me")
        #expect(
            found.history == [
                "WORKDIR /a/b", "WORKDIR /a/c", "USER 1000:1000", "VOLUME [/v w /x]",
                "EXPOSE map[1/tcp:{} 2/udp:{} 53/udp:{} 80/tcp:{} 9000/tcp:{} 9001/tcp:{} 9002/tcp:{}]",
                "SHELL [/bin/bash -c]", "ENTRYPOINT [\"/bin/bash\" \"-c\" \"run it\"]", "CMD [\"a\" \"b\\\"c\"]",
                "STOPSIGNAL SIGINT", "HEALTHCHECK --retries=3 CMD true", "ONBUILD RUN x", "MAINTAINER me",
            ])
    }

    @Test func anEntrypointTakesOnlyTheBasesCommandAway() throws {
        #expect(try follow("FROM x\nENTRYPOINT [\"e\"]").configuration.execution.command == nil)
        #expect(try follow("FROM x\nENTRYPOINT [\"e\"]\nENTRYPOINT\nUSER a").configuration.execution.entrypoint == [])
        #expect(throws: DockerfileError.self) { try follow("FROM x\nSTOPSIGNAL FOO") }
        #expect(try follow("FROM x\nCMD [\"c\"]\nENTRYPOINT [\"e\"]").configuration.execution.command == ["c"])
    }

    @Test func historyShowsArgumentsOfRun() throws {
        let found = try follow("FROM x\nARG A=1\nRUN echo\nRUN [\"a\", \"b\"]\nCOPY --chown=1 a b /c\nENV D=e f=g")
        #expect(
            found.history == [
                "ARG A=1", "RUN |1 A=1 /bin/sh -c echo # buildkit", "RUN |1 A=1 a b # buildkit",
                "COPY --chown=1 a b /c # buildkit", "ENV D=e f=g",
            ])
    }

    @Test func mountsAreReadWithTheirVariables() throws {
        let file = try Dockerfile(
            parsing: "FROM x\nRUN --mount=type=cache,target=$T,uid=${U},sharing=locked --mount=type=$K,id=s,mode=$E y")
        guard case .run(let run) = file.stages[0].instructions[0].kind else { throw CancellationError() }
        let values = ["T": "/c", "U": "7", "K": "secret"]
        let mounts = try? run.mounts { text throws(DockerfileWordError) in
            var undefined: Set<String> = []
            return try WordExpansion(escape: .backslash).word(text, undefined: &undefined) { values[$0] ?? "0400" }
        }
        #expect(mounts?.map(\.kind) == [.cache, .secret])
        #expect(mounts?.first?.target == "/c")
        #expect(mounts?.first?.uid == 7)
        #expect(mounts?.last?.mode == 0o400)
        #expect(throws: RunMountError.self) {
            try run.mounts { _ throws(DockerfileWordError) in "wrong" }
        }
    }

    @Test func triggersAreInstructions() throws {
        let trigger = try Instruction(parsing: "RUN <<EOF\nlater\nEOF", name: "base")
        #expect(render(trigger.kind).hasPrefix("RUN shell \"later\\n\""))
        for text in ["FROM x", "ONBUILD RUN x", "RUN a\nRUN b", "", "NO x"] {
            #expect(throws: DockerfileError.self) { try Instruction(parsing: text, name: "base") }
        }
    }

    @Test func stagesAreFoundByNameAndNumber() throws {
        let file = try Dockerfile(parsing: "FROM a AS One\nFROM b AS two\nFROM c AS one\n")
        #expect(file.stageIndex("ONE") == 2)
        #expect(file.stageIndex("one", before: 2) == 0)
        #expect(file.stageIndex("1") == 1)
        #expect(file.stageIndex("1", before: 1) == nil)
        #expect(file.stageIndex("three") == nil)
    }
}
