import EngineModel
import ImageModel
import ImageStore
import LinuxSystem
import Primitives
import Testing

@testable import Registry

@Suite(.serialized) struct PullPushTests {
    private let one = TestArchive.noise(300_000, seed: 1)
    private let two = TestArchive.noise(100_000, seed: 2)

    @Test func whatIsPushedIsPulledAgain() throws {
        let registry = try TestRegistry()
        let name = "\(registry.host)/team/app:1"
        let source = try TestImages()
        let id = try source.make(name, layers: [one, two])
        let pushed = try source.push(name)

        let target = try TestImages()
        let pulled = try target.pull(name)
        #expect(pulled.id == id)
        #expect(pulled.isNew)
        #expect(pulled.digest == pushed.digest)
        #expect(try target.file("data", of: name) == two)
        #expect(try target.images.repositoryDigests()[id] == ["\(registry.host)/team/app@\(pushed.digest)"])
        let phases = target.events.take().filter { $0.phase == .done }
        #expect(phases.count == 2)
    }

    @Test func nothingIsFetchedTwice() throws {
        let registry = try TestRegistry()
        let name = "\(registry.host)/team/app:1"
        let source = try TestImages()
        try source.make(name, layers: [one, two])
        try source.push(name)
        try source.make("\(registry.host)/other/app:1", layers: [one, two, [1]])
        try source.push("\(registry.host)/other/app:1")

        let target = try TestImages()
        #expect(try registry.count("GET", containing: "/blobs/") { try target.pull(name) } == 3)
        var pulled: PulledImage?
        // It is up to date: the tag's digest says so.
        #expect(try registry.count("GET", containing: "/team/") { pulled = try target.pull(name) } == 0)
        #expect(pulled?.isNew == false)
        // Another repository with the same layers: only its configuration and the new layer.
        #expect(
            try registry.count("GET", containing: "/blobs/") { try target.pull("\(registry.host)/other/app:1") } == 2)
        let digest = "\(registry.host)/team/app@\(try #require(pulled).digest)"
        #expect(try registry.count("GET", containing: "/blobs/") { try target.pull(digest) } == 0)
    }

    @Test func nothingIsSentTwice() throws {
        let registry = try TestRegistry()
        let source = try TestImages()
        try source.make("\(registry.host)/team/app:1", layers: [one, two])
        #expect(
            try registry.count("PUT", containing: "/blobs/") { try source.push("\(registry.host)/team/app:1") } == 3)
        #expect(try registry.count("POST") { try source.push("\(registry.host)/team/app:1") } == 0)
        #expect(source.events.take().filter { $0.phase == .exists }.count == 2)
        // Another repository takes the layers over inside the registry.
        try source.images.tag("\(registry.host)/team/app:1", as: "\(registry.host)/other/app:1")
        #expect(
            try registry.count("PUT", containing: "/blobs/") { try source.push("\(registry.host)/other/app:1") } == 1)
        let mounted = source.events.take().filter { $0.phase == .mounted(from: "team/app") }
        #expect(mounted.count == 2)
    }

    @Test func aNameThatMovedIsFetched() throws {
        let registry = try TestRegistry()
        let name = "\(registry.host)/team/app"
        let source = try TestImages()
        try source.make("\(name):latest", layers: [one])
        try source.push(name)
        let target = try TestImages()
        let first = try target.pull(name)
        let id = try source.make("\(name):latest", layers: [one, two])
        try source.push(name)
        #expect(try source.client.resolve(try ImageReference(name), cancellation: Cancellation()) != first.digest)
        let second = try target.pull(name)
        #expect(second.id == id)
        #expect(second.isNew)
        #expect(try source.client.tags(of: try ImageReference(name), cancellation: Cancellation()) == ["latest"])
        let host = String(name.prefix { $0 != "/" })
        let repository = String(name.drop { $0 != "/" }.dropFirst().prefix { $0 != ":" })
        func search(_ term: String) throws -> [String] {
            try source.client.search("\(host)/\(term)", limit: 10, cancellation: Cancellation()).map(\.name)
        }
        #expect(try search(String(repository.dropFirst())) == ["\(host)/\(repository)"])
        #expect(try search("nosuch") == [])
    }

    @Test func twoAtOnceFetchEachLayerOnce() throws {
        let registry = try TestRegistry()
        let name = "\(registry.host)/team/app:1"
        let source = try TestImages()
        try source.make(name, layers: [one, two])
        try source.push(name)
        let target = try TestImages()
        let client = target.client
        let reference = try ImageReference(name)
        let gets = try registry.count("GET", containing: "/blobs/") {
            try ParallelWork.run(2, threads: 2, name: "pull") { _, cancellation throws(EngineError) in
                _ = try client.pull(reference, cancellation: cancellation)
            }
        }
        #expect(gets == 3)
    }

    @Test func skopeoReadsAndWritesTheSame() throws {
        let registry = try TestRegistry()
        let name = "\(registry.host)/team/app:1"
        let source = try TestImages()
        let id = try source.make(name, layers: [one, two])
        let pushed = try source.push(name)
        let flags = ["--src-tls-verify=false", "--dest-tls-verify=false"]
        let layout = "\(source.directory)/layout"
        try Files.makeDirectories(layout)
        try TestProgram.run(
            ["skopeo", "--insecure-policy", "copy", "--preserve-digests"] + flags
                + ["docker://\(name)", "oci:\(layout):x"], in: source.directory)
        #expect(Files.exists("\(layout)/blobs/sha256/\(pushed.digest.hex)"))
        // Back under another name, in docker's format: another manifest, the same image.
        let other = "\(registry.host)/copied/app:2"
        try TestProgram.run(
            ["skopeo", "--insecure-policy", "copy", "--format", "v2s2"] + flags + [
                "oci:\(layout):x", "docker://\(other)",
            ],
            in: source.directory)
        let target = try TestImages()
        let pulled = try target.pull(other)
        #expect(try target.file("data", of: other) == two)
        // What came is pushed with the same bytes.
        try target.images.tag(other, as: "\(registry.host)/third/app:3")
        #expect(try target.push("\(registry.host)/third/app:3").digest == pulled.digest)
        #expect(pulled.id == id)
    }

    @Test func compressedLayersOfAllKindsAreRead() throws {
        let registry = try TestRegistry()
        let source = try TestImages()
        try source.make("\(registry.host)/a/a:1", layers: [one, two])
        try source.push("\(registry.host)/a/a:1")
        for format in ["gzip", "zstd"] {
            let name = "\(registry.host)/a/\(format):1"
            try TestProgram.run(
                [
                    "skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "--dest-tls-verify=false",
                    "--format", "oci", "--dest-compress-format", format, "docker://\(registry.host)/a/a:1",
                    "docker://\(name)",
                ], in: source.directory)
            let target = try TestImages()
            try target.pull(name)
            #expect(try target.file("data", of: name) == two, "\(format)")
        }
    }
}
