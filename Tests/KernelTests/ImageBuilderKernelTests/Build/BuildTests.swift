import CLinux
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import Primitives
import Testing

@testable import ImageBuilder

@Suite(.serialized) struct BuildTests {
    @Test func aBuildRunsItsStepsAndASecondOneNone() throws {
        let scene = try BuildScene()
        try scene.write("greeting", "hello\n")
        let text = """
            FROM base AS build
            ARG NAME=world
            WORKDIR /src
            COPY greeting .
            RUN echo "$(cat greeting) $NAME" > /out
            FROM scratch
            COPY --from=build /out /out
            USER 7
            WORKDIR /home/seven
            CMD ["/out"]
            """
        let first = try scene.build(text)
        #expect(first.ran.count == 5)
        #expect(scene.text("/out", in: first.image) == "hello world\n")
        #expect(first.image.configuration.command == ["/out"])
        #expect(first.image.configuration.workingDirectory == "/home/seven")
        #expect(scene.status("/home/seven", in: first.image)?.st_uid == 7)
        let second = try scene.build(text)
        #expect(second.ran.isEmpty && second.cached.count == 5)
        #expect(second.image.id == first.image.id)
        // Times of files do not matter, contents do.
        try scene.write("greeting", "hello\n")
        #expect(try scene.build(text).ran.isEmpty)
        try scene.write("greeting", "bye\n")
        #expect(try scene.text("/out", in: scene.build(text).image) == "bye world\n")
        #expect(scene.leftovers.isEmpty)
    }

    @Test func whatWasRebuiltAlikeIsFoundByItsContent() throws {
        let scene = try BuildScene()
        _ = try scene.build("FROM base\nRUN echo 1 > /a\nRUN echo 2 > /b\n", change: { $0.sourceDateEpoch = 1 })
        let other = try scene.build(
            "FROM base AS x\nRUN echo 1   > /a\nRUN echo 2 > /b\n", change: { $0.sourceDateEpoch = 1 })
        #expect(other.ran == ["[2/3] RUN echo 1   > /a"])
        #expect(other.cached == ["[3/3] RUN echo 2 > /b"])
    }

    @Test func sameInputsGiveTheSameImage() throws {
        let text = "FROM scratch\nCOPY a /a\nFROM base\nRUN mkdir /d && echo x > /d/y && date > /dev/null\nCOPY a /d/\n"
        func identity() throws -> [Digest] {
            let scene = try BuildScene()
            try scene.write("a", "content")
            return try scene.build(text, change: { $0.sourceDateEpoch = 1_000_000_000 }).image.diffIDs
        }
        let (first, second) = (try identity(), try identity())
        #expect(first.suffix(2) == second.suffix(2))
    }

    @Test func mountsOfRunLeaveNothingInTheLayer() throws {
        let scene = try BuildScene()
        try scene.write("tool", "#!/bin/sh\necho made > /made\n", mode: 0o755)
        try scene.write(".dockerignore", "hidden\n")
        try scene.write("hidden", "x")
        let text = """
            FROM base
            RUN --mount=type=cache,target=/cache --mount=type=secret,id=key --mount=target=/ctx \
                --mount=type=secret,id=key,env=KEY --mount=type=tmpfs,target=/scratch \
                cat /run/secrets/key > /secret && /ctx/tool && test ! -e /ctx/hidden && \
                echo $KEY >> /secret && echo once >> /cache/log && cat /cache/log > /log && echo > /scratch/x
            """
        let key = BuildSecret(id: "key", source: .content(Array("k\n".utf8)))
        let first = try scene.build(text, change: { $0.secrets = [key] })
        #expect(scene.text("/secret", in: first.image) == "k\nk\n")
        #expect(scene.text("/made", in: first.image) == "made\n")
        let names = try Files.list(first.image.layers[0])
        #expect(names == ["log", "made", "secret"])
        let second = try scene.build(
            text,
            change: {
                $0.secrets = [key]; $0.noCache = true
            })
        #expect(scene.text("/log", in: second.image) == "once\nonce\n")
        let cache = BuildCache(scene.state)
        #expect(try cache.prune().contains { $0.kind == .cacheMount && $0.description == "/cache" })
        #expect(try cache.entries().isEmpty)
    }

    @Test func heredocsAreRunAndCopied() throws {
        let scene = try BuildScene()
        let result = try scene.build(
            """
            FROM base
            ARG WHO=me
            RUN <<EOF
            echo one > /one
            echo two > /two
            EOF
            RUN <<SCRIPT
            #!/bin/sh
            echo "$0" > /name
            SCRIPT
            COPY <<FILE /file
            for $WHO
            FILE
            """)
        #expect(scene.text("/two", in: result.image) == "two\n")
        #expect(scene.text("/name", in: result.image) == "/dev/pipes/SCRIPT\n")
        #expect(scene.text("/file", in: result.image) == "for me\n")
    }

    @Test func aFailureNamesThePlaceAndKeepsWhatSucceeded() throws {
        let scene = try BuildScene()
        let text = "FROM base\nRUN echo good > /good\nRUN echo bad news; false\n"
        for _ in 0..<2 {
            do {
                _ = try scene.build(text)
                Issue.record("the failure was lost")
            } catch let error as BuildError {
                #expect(error.lines == 3...3)
                #expect(error.exitCode == 1)
                #expect(error.lastOutput == ["bad news"])
                #expect(error.excerpt.contains("   3 | >>> RUN echo bad news; false"))
                #expect(error.step == "[3/3] RUN echo bad news; false")
            }
        }
        #expect(try scene.build("FROM base\nRUN echo good > /good\n").ran.isEmpty)
        #expect(try scene.images.list().count == 2)
        #expect(scene.leftovers.isEmpty)
    }

    @Test func aMissingSecretOrSourceIsToldWithItsLine() throws {
        let scene = try BuildScene()
        for (text, code) in [
            ("FROM base\nRUN --mount=type=secret,id=no,required=true true\n", EngineError.Code.notFound),
            ("FROM base\nCOPY missing /\n", .notFound),
        ] {
            do {
                _ = try scene.build(text)
                Issue.record("the failure was lost: \(text)")
            } catch let error as BuildError {
                #expect(error.lines == 2...2, "\(error)")
                #expect(error.code == code, "\(error)")
            }
        }
    }

    @Test func aCacheDirectoryServesAnotherHost() throws {
        let scene = try BuildScene()
        let text = "FROM base AS one\nRUN echo x > /x\nFROM base\nCOPY --from=one /x /y\nRUN echo z > /z\n"
        let directory = scene.directory + "/exported"
        let first = try scene.build(
            text, change: { $0.cacheTo = [CacheLocation(.local(directory: directory), maximum: true)] })
        _ = try BuildCache(scene.state).prune()
        _ = try scene.images.remove(first.image.id, force: true)
        _ = try scene.images.prune(all: false)
        let second = try scene.build(
            text, change: { $0.cacheFrom = [CacheLocation(.local(directory: directory))] })
        #expect(second.ran.isEmpty, "\(second.ran)")
        #expect(second.image.diffIDs == first.image.diffIDs)
    }

    @Test func cancellingEndsTheProgram() throws {
        let scene = try BuildScene()
        let cancellation = Cancellation()
        var request = BuildRequest(context: .empty)
        request.dockerfile = .text("FROM base\nRUN echo started; sleep 1000\n")
        do {
            _ = try scene.builder.build(request, cancellation: cancellation) { event in
                if case .output = event { cancellation.cancel() }
            }
            Issue.record("the cancellation was lost")
        } catch {
            #expect(error.code == .cancelled)
        }
        #expect(scene.leftovers.isEmpty)
    }
}
