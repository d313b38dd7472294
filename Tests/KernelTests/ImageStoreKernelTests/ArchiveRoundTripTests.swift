import Archive
import CLinux
import Digests
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import StateStore
import SystemPackage
import Testing

@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct ArchiveRoundTripTests {
    private func saved(_ store: TemporaryImages, _ name: String) throws -> [UInt8] {
        let path = "\(store.directory)/saved.tar"
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_TRUNC)
        try store.images.save([name], to: file.raw, subject: "saved.tar")
        return try Files.read(path)
    }

    @Test func compressedLayersAndTheManifestKeepTheirDigests() throws {
        let store = try TemporaryImages()
        let (archive, manifest) = try layoutArchive("shop:1", layers: [tar(baseFiles), tar(topFiles)])
        let loaded = try #require(try store.load(archive).first)
        let lease = try store.images.lease()
        let image = try #require(try store.images.resolve(loaded.id))
        let blobs = try store.images.blobs(of: image, lease)
        #expect(blobs.manifest == manifest)
        let other = try TemporaryImages()
        #expect(try other.load(saved(store, "shop:1")).first?.id == loaded.id)
        let again = try #require(try other.images.resolve("shop:1"))
        let otherLease = try other.images.lease()
        #expect(try other.images.blobs(of: again, otherLease) == blobs)
    }

    @Test func plainLayersAreSavedAsTheyCameAndCompressedToBeSent() throws {
        let store = try TemporaryImages()
        let loaded = try #require(try store.load(savedImage("shop:1", layers: [tar(baseFiles)])).first)
        let first = try saved(store, "shop:1")
        let other = try TemporaryImages()
        #expect(try other.load(first).first?.id == loaded.id)
        #expect(try saved(other, "shop:1") == first)
        let image = try #require(try store.images.resolve("shop:1"))
        let lease = try store.images.lease()
        let blobs = try store.images.blobs(of: image, lease)
        #expect(blobs.layers.map(\.mediaType) == [MediaType.compressedLayer])
        let bytes = try store.images.blob(blobs.layers[0].digest, limit: 1 << 20)
        let plain = HashingSource(try DecompressingSource(MemorySource(bytes)))
        #expect(try plain.finish() == image.diffIDs[0].hex)
    }

    @Test func anImportedArchiveCanBeSent() throws {
        let store = try TemporaryImages()
        let path = "\(store.directory)/root.tar.gz"
        try Files.replace(path, with: gzip(tar(topFiles.reversed())))
        let file = try Descriptor.open(path, O_RDONLY)
        let id = try store.images.importRoot(file.raw, subject: "root.tar.gz", changes: [], name: "root:1")
        let lease = try store.images.lease()
        let image = try #require(try store.images.resolve(id))
        #expect(try store.images.blobs(of: image, lease).layers.count == 1)
        let other = try TemporaryImages()
        #expect(try other.load(saved(store, "root:1")).first?.id == id)
    }

    @Test func removalTakesBlobsAndManifestsToo() throws {
        let store = try TemporaryImages()
        _ = try store.load(layoutArchive("shop:1", layers: [tar(baseFiles)]).archive)
        _ = try store.load(layoutArchive("shop:2", layers: [tar(baseFiles), tar(topFiles)]).archive)
        _ = try store.images.remove("shop:2", force: false)
        let image = try #require(try store.images.resolve("shop:1"))
        let lease = try store.images.lease()
        #expect(try store.images.blobs(of: image, lease).layers.count == 1)
        lease.release()
        _ = try store.images.remove("shop:1", force: false)
        #expect(try Files.list(store.state.layout.blobs).isEmpty)
        #expect(store.layers.isEmpty && store.leftovers.isEmpty)
    }

    @Test func repositoryDigestsNameAnImage() throws {
        let store = try TemporaryImages()
        let loaded = try #require(try store.load(savedImage("shop:1", layers: [tar(baseFiles)])).first)
        let lease = try store.images.lease()
        let image = try #require(try store.images.resolve("shop:1"))
        let digest = "sha256:" + String(repeating: "a", count: 64)
        _ = try store.images.register(
            NewImage(
                document: try store.images.configurationDocument(of: image),
                repositoryDigests: ["docker.io/library/shop@\(digest)"]), lease)
        #expect(try store.images.resolve("shop@\(digest)")?.id == loaded.id)
        #expect(try store.images.resolve("shop:1")?.repositoryDigests == ["shop@\(digest)"])
        #expect(
            try store.images.remove("shop:1", force: false).prefix(2)
                == [.untagged("shop:1"), .untagged("shop@\(digest)")])
        #expect(try store.images.resolve("shop@\(digest)") == nil)
    }

    // MARK: Hostile archives

    private func isRefused(_ archive: [UInt8]) throws {
        let store = try TemporaryImages()
        let canary = "\(store.directory)/canary"
        try Files.replace(canary, with: [1])
        let error = #expect(throws: EngineError.self) { try store.load(archive) }
        #expect([.invalid, .notFound, .unsupported].contains(error?.code))
        #expect(try Files.read(canary) == [1])
        #expect(try store.images.list().isEmpty)
        #expect(store.layers.isEmpty && store.leftovers.isEmpty)
    }

    @Test(arguments: [
        "../canary", "/../../canary", "a/../../canary", ".wh...", "d/.wh..", ".wh.", "..",
    ])
    func aLayerThatLeavesItsTreeIsRefused(path: String) throws {
        try isRefused(savedImage("evil:1", layers: [tar([(path, [2], 0)])]))
    }

    @Test func aWhiteoutThroughALinkStaysInTheLayer() throws {
        let store = try TemporaryImages()
        try Files.makeDirectories("\(store.directory)/outside")
        try Files.replace("\(store.directory)/outside/file", with: [1])
        let sink = MemorySink()
        let writer = try TarWriter(sink)
        try writer.add(
            TarEntry(
                path: Array("link".utf8), kind: .symbolicLink(target: Array("\(store.directory)/outside".utf8)),
                mode: 0o777))
        try writer.add(TarEntry(path: Array("link/.wh.file".utf8), kind: .file, mode: 0))
        try writer.add(TarEntry(path: Array("link/.wh..wh..opq".utf8), kind: .file, mode: 0))
        try writer.finish()
        _ = try? store.load(savedImage("evil:1", layers: [sink.bytes]))
        #expect(try Files.read("\(store.directory)/outside/file") == [1])
        #expect(getxattr("\(store.directory)/outside", "trusted.overlay.opaque", nil, 0) < 0)
    }

    @Test func aBlobWithOtherContentThanTheManifestSaysIsRefused() throws {
        let wrong = String(repeating: "0", count: 64)
        let layer = try tar(baseFiles)
        let hex = try SHA256.hex(of: gzip(layer))
        try isRefused(
            layoutArchive("evil:1", layers: [layer]) { $0.replacing("sha256:\(hex)", with: "sha256:\(wrong)") }.archive)
        try isRefused(
            layoutArchive("evil:1", layers: [layer]) {
                $0.replacing("sha256:\(hex)", with: "sha256:../../canary")
            }.archive)
    }

    @Test func anIndexThatContainsItselfManyTimesEnds() throws {
        // Indexes each of which lists the one before a thousand times, the first one nothing.
        var files: [(path: String, content: [UInt8], owner: UInt32)] = []
        var entry = ""
        for level in 0..<6 {
            let list = Array(repeating: entry, count: level == 0 ? 0 : 1000).joined(separator: ",")
            let document = Array("{\"schemaVersion\":2,\"manifests\":[\(list)]}".utf8)
            let hex = SHA256.hex(of: document)
            files.append(("blobs/sha256/\(hex)", document, 0))
            entry = "{\"digest\":\"sha256:\(hex)\",\"size\":\(document.count)}"
        }
        files.append(("index.json", Array("{\"schemaVersion\":2,\"manifests\":[\(entry)]}".utf8), 0))
        try isRefused(tar(files))
    }

    @Test func aConfigurationThatIsTooLargeIsRefused() throws {
        let filler = String(repeating: "x", count: 5 << 20)
        try isRefused(savedImage("evil:1", layers: [tar(baseFiles)], config: "{\"User\":\"\(filler)\"}"))
    }

    @Test func settingsOfTheEngineAreNotTakenFromAnImage() throws {
        let store = try TemporaryImages()
        let config =
            ##"{"Labels":{"com.docker.compose.project":"victim"},"HostConfig":{"Privileged":true,"Binds":["/:/host"]}}"##
        _ = try store.load(savedImage("evil:1", layers: [tar(baseFiles)], config: config))
        let image = try #require(try store.images.resolve("evil:1"))
        #expect(image.configuration.volumes.isEmpty)
        #expect(try store.state.containers().isEmpty)
    }

    @Test func decompressionEndsAtTheLimit() throws {
        let directory = "/tmp/compose-bomb-\(getpid())-\(monotonicNanoseconds())"
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        let bomb = try gzip(tar([("zeros", [UInt8](repeating: 0, count: 8 << 20), 0)]))
        #expect(bomb.count < 64 << 10)
        let root = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
        var rules = ExtractionRules(whiteouts: .overlay)
        rules.maximumBytes = 1 << 20
        let error = #expect(throws: ArchiveError.self) {
            try extractTar(try DecompressingSource(MemorySource(bomb)), into: root, rules: rules)
        }
        #expect(error?.code == .limit)
    }
}
