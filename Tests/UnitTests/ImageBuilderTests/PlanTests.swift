import Dockerfile
import EngineModel
import ImageModel
import Testing

@testable import ImageBuilder

struct PlanTests {
    @Test func stepsAreNamedAsBuildKitNamesThem() throws {
        let plan = try makePlan("FROM debian\nENV A=1\nWORKDIR /app\nCOPY . .\nRUN make $A\n")
        #expect(plan.stages[0]?.baseName == "[1/4] FROM docker.io/library/debian:latest")
        #expect(
            plan.stages[0]?.steps.map(\.name) == ["[2/4] WORKDIR /app", "[3/4] COPY . .", "[4/4] RUN make 1"])
        let stages = try makePlan("FROM a AS build\nRUN x\nFROM scratch\nCOPY --from=build /x /x\nRUN y\n")
        #expect(stages.stages[0]?.steps.map(\.name) == ["[build 2/2] RUN x"])
        #expect(
            stages.stages[1]?.steps.map(\.name) == ["[stage-1 1/2] COPY --from=build /x /x", "[stage-1 2/2] RUN y"])
    }

    @Test func stepsShowHeredocsAndLeaveTheShellItsVariables() throws {
        let plan = try makePlan("FROM a\nENV A=1\nRUN <<E\n\n set -e\nx\nE\nRUN echo '$A' \"$A $i\" ${i%%x}\n")
        #expect(
            plan.stages[0]?.steps.map(\.name) == [
                "[2/3] RUN <<E (set -e...)", "[3/3] RUN echo '$A' \"1 $i\" ${i%%x}",
            ])
    }

    @Test func onlyWhatTheTargetNeedsIsPlannedAndFetched() throws {
        let text = "FROM a AS one\nRUN x\nFROM b AS two\nRUN y\nFROM c\nCOPY --from=one /x /x\n"
        var asked: [String] = []
        let plan = try makePlan(text, asked: { asked.append($0) })
        #expect(plan.order == [0, 2])
        #expect(asked.sorted() == ["a", "c"])
        let target = try makePlan(text, change: { $0.target = "TWO" })
        #expect(target.order == [1])
    }

    @Test func environmentAndArgumentsReachPrograms() throws {
        let text = """
            ARG VERSION=1
            FROM base
            ARG VERSION
            ARG NAME=web
            ARG HIDDEN=x
            ENV HIDDEN=y
            RUN make
            """
        let plan = try makePlan(text, change: { $0.arguments = ["NAME": "api", "HTTP_PROXY": "p"] })
        guard case .run(let run)? = plan.stages[0]?.steps.first?.action else {
            Issue.record("there is no RUN")
            return
        }
        #expect(run.arguments == ["/bin/sh", "-c", "make"])
        #expect(run.environment.sorted() == ["HIDDEN=y", "NAME=api", "PATH=/bin", "VERSION=1"])
        #expect(run.proxies == ["HTTP_PROXY=p"])
    }

    @Test func triggersOfTheBaseComeFirst() throws {
        let plan = try makePlan("FROM base\nRUN own\n", onBuild: ["base": ["COPY . /src", "ENV T=1"]])
        let stage = try #require(plan.stages[0])
        #expect(stage.steps.map(\.name) == ["[2/3] COPY . /src", "[3/3] RUN own"])
        #expect(stage.image.execution.onBuild == nil)
        #expect(stage.image.execution.environment == ["PATH=/bin", "T=1"])
    }

    @Test func namedContextsStandForImagesAndStages() throws {
        let text = "FROM alpine AS tools\nRUN x\nFROM scratch\nCOPY --from=tools /a /a\nCOPY --from=files /b /b\n"
        let plan = try makePlan(
            text, change: { $0.namedContexts = ["tools": .directory("/t"), "files": .directory("/f")] })
        #expect(plan.images.isEmpty)
        #expect(plan.stages[0]?.steps.count == 1)
        #expect(plan.stages[1]?.steps[1].sources == [.named("files")])
        let other = try ImageReference("other")
        let image = try makePlan(
            "FROM alpine\n", change: { $0.namedContexts = ["alpine:latest": .image(other)] })
        #expect(Array(image.images.keys) == ["docker.io/library/other"])
    }

    @Test func mountsAreResolved() throws {
        let plan = try makePlan(
            """
            FROM a AS tools
            FROM b
            WORKDIR /w
            RUN --mount=from=tools,target=t --mount=type=cache,target=/c --mount=type=secret,id=key x
            """)
        guard case .run(let run)? = plan.stages[1]?.steps.last?.action else {
            Issue.record("there is no RUN")
            return
        }
        #expect(run.mounts.map(\.target) == ["/w/t", "/c", "/run/secrets/key"])
        #expect(plan.stages[1]?.dependencies == [0])
    }

    @Test func whatWasNotGrantedIsRefused() throws {
        let insecure = try #require(try planError("FROM a\nRUN --security=insecure x\n"))
        #expect(insecure.code == .permission)
        #expect(insecure.location?.first == 2)
        #expect(try planError("FROM a\nRUN --network=host x\n")?.code == .permission)
        #expect(
            try planError("FROM a\nRUN --security=insecure x\n", change: { $0.entitlements = ["security.insecure"] })
                == nil)
    }

    @Test func wrongFilesAreToldWithTheirPlace() throws {
        #expect(try planError("FROM a\nCOPY --from=7 /a /a\n")?.location?.first == 2)
        #expect(try planError("FROM --platform=linux/s390x a\n")?.code == .unsupported)
        #expect(try planError("FROM a AS one\n", change: { $0.target = "two" })?.hint.contains("one") == true)
        #expect(
            try planError("FROM a AS x\nCOPY --from=y / /\nFROM x AS y\n")?.reason.contains("circle") == true)
        #expect(try planError("FROM a\n", change: { $0.arguments = ["SOURCE_DATE_EPOCH": "now"] }) != nil)
        #expect(try planError("FROM $NOTHING\n")?.instruction == "FROM")
    }
}
