import Digests
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import Primitives
import Testing

@testable import Registry

@Suite(.serialized) struct FaultTests {
    private let content = TestArchive.noise(200_000, seed: 7)

    private func failure(_ images: TestImages, _ name: String) -> EngineError? {
        do {
            try images.pull(name)
            return nil
        } catch {
            return error as? EngineError
        }
    }

    @Test func interruptedDownloadsGoOnWhereTheyEnded() throws {
        let server = try FaultyRegistry()
        let layer = try server.serve("a", contents: [content])[0]
        server.play(layer, [.truncated(50_000), .truncated(60_000), .status(503), .stalled(40_000)])
        let images = try TestImages()
        try images.pull("\(server.host)/a:1")
        #expect(try images.file("data", of: "\(server.host)/a:1") == content)
        #expect(
            server.requests(layer).map { $0.headers["range"] } == [
                nil, "bytes=50000-", "bytes=110000-", "bytes=110000-", "bytes=150000-",
            ])
        let retries = images.events.take().filter { if case .retrying = $0.phase { true } else { false } }
        #expect(retries.count == 4)
    }

    @Test func aLaterPullGoesOnToo() throws {
        let server = try FaultyRegistry()
        let layer = try server.serve("a", contents: [content])[0]
        server.play(layer, [.truncated(50_000), .status(403)])
        let images = try TestImages()
        #expect(failure(images, "\(server.host)/a:1")?.code == .permission)
        #expect(images.layers == 0)
        try images.pull("\(server.host)/a:1")
        #expect(server.requests(layer).last?.headers["range"] == "bytes=50000-")
    }

    @Test func serversWithoutRangesBeginAgain() throws {
        let server = try FaultyRegistry()
        let layer = try server.serve("a", contents: [content])[0]
        server.play(layer, [.truncated(50_000), .whole])
        let images = try TestImages()
        try images.pull("\(server.host)/a:1")
        server.play(layer, [.truncated(50_000), .wrongRange])
        let others = try TestImages()
        try others.pull("\(server.host)/a:1")
        #expect(try others.file("data", of: "\(server.host)/a:1") == content)
    }

    @Test func wrongBytesAreNeverUsed() throws {
        let server = try FaultyRegistry()
        let layer = try server.serve("a", contents: [content])[0]
        server.play(layer, [.garbage])
        let lucky = try TestImages()
        try lucky.pull("\(server.host)/a:1")
        server.play(layer, [.garbage, .garbage])
        let images = try TestImages()
        let error = try #require(failure(images, "\(server.host)/a:1"))
        #expect(error.code == .invalid)
        #expect(images.layers == 0)
        // Only the configuration is there.
        #expect(images.blobs == 1)
        #expect(try images.images.list().isEmpty)
    }

    @Test func aManifestMustHaveTheDigestThatWasAskedFor() throws {
        let server = try FaultyRegistry()
        try server.serve("a", contents: [content])
        let bytes = Array("{}".utf8)
        let digest = "sha256:\(String(repeating: "a", count: 64))"
        server.answer("/v2/a/manifests/\(digest)", .init(headers: ["Content-Type": MediaType.manifest], body: bytes))
        let error = failure(try TestImages(), "\(server.host)/a@\(digest)")
        #expect(error?.code == .invalid)
        #expect(error?.reason.contains("it should be \(digest)") == true)
    }

    @Test func aServerThatIsBusyIsWaitedFor() throws {
        let server = try FaultyRegistry()
        try server.serve("a", contents: [content])
        server.play("/v2/a/manifests/1", [.status(429, ["Retry-After": "1"]), .status(502)])
        let images = try TestImages()
        let begin = monotonicNanoseconds()
        try images.pull("\(server.host)/a:1")
        #expect(monotonicNanoseconds() - begin >= 1_000_000_000)
        server.play("/v2/a/manifests/1", [.status(429, ["Retry-After": "3600"])])
        let error = failure(try TestImages(), "\(server.host)/a:1")
        #expect(error?.code == .unavailable)
        #expect(error?.reason.contains("no more requests") == true)
    }

    @Test func whatAlwaysFailsIsGivenUp() throws {
        let server = try FaultyRegistry()
        try server.serve("a", contents: [content])
        server.play("/v2/a/manifests/1", Array(repeating: .status(500), count: 20))
        #expect(failure(try TestImages(), "\(server.host)/a:1")?.code == .unavailable)
        #expect(server.requests("/v2/a/manifests/1").count == 5)
        let missing = failure(try TestImages(), "\(server.host)/b:1")
        #expect(missing?.code == .notFound)
    }

    @Test func redirectsCarryNoCredentialsElsewhereAndEnd() throws {
        let (server, storage) = (try FaultyRegistry(), try FaultyRegistry())
        let layer = try server.serve("a", contents: [content])[0]
        storage.answer("/blob", .init(body: try TestArchive.layer(content)))
        server.answer(layer, .init(status: 307, headers: ["Location": "http://\(storage.host)/blob"]))
        server.play("/v2/", [.status(401, ["WWW-Authenticate": "Basic realm=x"])])
        let images = try TestImages()
        let store = CredentialStore(directory: images.options.configDirectory, environment: [:])
        _ = try store.store(Credential(username: "u", password: "p"), for: server.host)
        try images.pull("\(server.host)/a:1")
        #expect(server.requests(layer)[0].headers["authorization"] == "Basic dTpw")
        #expect(storage.requests("/blob").map { $0.headers["authorization"] } == [nil])

        server.answer(layer, .init(status: 302, headers: ["Location": "/loop"]))
        server.answer("/loop", .init(status: 302, headers: ["Location": layer]))
        let error = failure(
            try TestImages { $0.configDirectory = images.options.configDirectory }, "\(server.host)/a:1")
        #expect(error?.reason.contains("redirects in a circle") == true)
    }

    @Test func tokensAreFetchedWithTheRightScopeAndRenewed() throws {
        let server = try FaultyRegistry()
        let layer = try server.serve("team/a", contents: [content])[0]
        let realm = "Bearer realm=\"http://\(server.host)/token\",service=\"me\",scope=\"ignored\""
        server.play("/v2/", [.status(401, ["WWW-Authenticate": realm])])
        server.play(layer, [.status(401, ["WWW-Authenticate": "\(realm),error=\"invalid_token\""])])
        let scope = "/token?service=me&scope=repository%3Ateam%2Fa%3Apull"
        server.answer(scope, .init(body: Array("{\"token\":\"abc\",\"expires_in\":300}".utf8)))
        try TestImages().pull("\(server.host)/team/a:1")
        #expect(server.requests(scope).count == 2)
        #expect(server.requests("/v2/team/a/manifests/1").map { $0.headers["authorization"] } == ["Bearer abc"])
    }

    @Test func indexesAreChosenFrom() throws {
        let server = try FaultyRegistry()
        try server.serve("a", tag: "one", contents: [content])
        let bytes = try #require(server.body("/v2/a/manifests/one"))
        let digest = "sha256:\(SHA256.hex(of: bytes))"
        func index(_ architecture: String) -> [UInt8] {
            Array(
                """
                {"schemaVersion":2,"manifests":[{"digest":"sha256:\(String(repeating: "0", count: 64))","size":2,\
                "platform":{"os":"plan9","architecture":"mips"}},{"digest":"\(digest)","size":\(bytes.count),\
                "platform":{"os":"linux","architecture":"\(architecture)"}}]}
                """.utf8)
        }
        server.manifest("a", "many", index(Platform.host.architecture), type: MediaType.index)
        server.manifest("a", "none", index("s390x"), type: MediaType.index)
        let images = try TestImages()
        try images.pull("\(server.host)/a:many")
        #expect(try images.file("data", of: "\(server.host)/a:many") == content)
        let error = failure(try TestImages(), "\(server.host)/a:none")
        #expect(error?.code == .notFound)
        #expect(error?.hint.contains("plan9/mips, linux/s390x") == true)
    }

    @Test func whatIsNoImageIsRefused() throws {
        let server = try FaultyRegistry()
        server.manifest(
            "a", "old", Array("{\"schemaVersion\":1,\"name\":\"a\"}".utf8),
            type: "application/vnd.docker.distribution.manifest.v1+prettyjws")
        #expect(failure(try TestImages(), "\(server.host)/a:old")?.code == .unsupported)
        server.manifest("a", "big", [UInt8](repeating: 0x20, count: 5 << 20))
        #expect(failure(try TestImages(), "\(server.host)/a:big")?.code == .invalid)
    }

    @Test func aStalledPullCanBeCancelled() throws {
        let server = try FaultyRegistry()
        let layer = try server.serve("a", contents: [content])[0]
        server.play(layer, [.stalled(1000)])
        let images = try TestImages { $0.patience.stallTimeout = 3_600_000_000_000 }
        let cancellation = Cancellation()
        try startThread(name: "canceller") {
            Polling.wait(every: 5_000_000, deadline: nil, because: "it is a test") { !server.requests(layer).isEmpty }
            cancellation.cancel()
        }
        let begin = monotonicNanoseconds()
        let error = #expect(throws: EngineError.self) {
            try images.pull("\(server.host)/a:1", cancellation: cancellation)
        }
        #expect(error?.code == .cancelled)
        #expect(monotonicNanoseconds() - begin < 20_000_000_000)
    }

    @Test func plainFilesAreFetchedOnceAndAskedFor() throws {
        let server = try FaultyRegistry()
        server.answer("/x/file.tar?a=b", .init(headers: ["ETag": "\"1\""], body: content))
        server.play("/x/file.tar?a=b", [.truncated(10)])
        let images = try TestImages()
        let path = "\(images.directory)/file"
        let file = try Descriptor.open(path, O_RDWR | O_CREAT)
        let url = "http://\(server.host)/x/file.tar?a=b"
        let fetched = try images.client.fetch(url: url, to: file.raw, cancellation: Cancellation())
        #expect(fetched.name == "file.tar")
        #expect(try Files.read(path) == content)
        server.play("/x/file.tar?a=b", [.status(304)])
        let again = try images.client.fetch(
            url: url, to: file.raw, unlessMatching: fetched, cancellation: Cancellation())
        #expect(again.isUnchanged)
        #expect(server.requests.last?.headers["if-none-match"] == "\"1\"")
    }

    @Test func anEndlessBodyOfAnErrorIsNotReadToItsEnd() throws {
        let server = try FaultyRegistry()
        let layer = try server.serve("a", contents: [content])[0]
        server.play(layer, [.endless(404)])
        server.play("/v2/b/manifests/1", [.endless(403)])
        let images = try TestImages()
        #expect(failure(images, "\(server.host)/a:1")?.code == .notFound)
        #expect(failure(images, "\(server.host)/b:1")?.code == .permission)
        let came = Polling.wait(
            every: 5_000_000, deadline: monotonicNanoseconds() + 30_000_000_000, because: "threads end later"
        ) { server.endless.count == 2 }
        #expect(came)
        #expect(server.endless.allSatisfy { $0 < 64 << 20 })
    }

    @Test func redirectsToLinkLocalAddressesAreNotFollowed() throws {
        let server = try FaultyRegistry()
        let layer = try server.serve("a", contents: [content])[0]
        for target in ["http://169.254.169.254/latest", "http://[::ffff:a9fe:a9fe]/", "http://2852039166/"] {
            server.answer(layer, .init(status: 307, headers: ["Location": target]))
            let images = try TestImages()
            #expect(failure(images, "\(server.host)/a:1")?.code == .invalid, "\(target)")
        }
    }
}
