import Archive
import CLinux
import Engine
import Glibc
import ImageStore
import LinuxSystem
import OCIImage
import Primitives
import StateStore
import SystemPackage
import Testing

/// An image store in a directory of its own, removed at the end.
final class TemporaryImages {
    let directory: String
    let state: StateStore
    let images: ImageStore

    init() throws {
        directory = "/tmp/compose-images-\(getpid())-\(monotonicNanoseconds())"
        state = try StateStore(DataLayout(dataRoot: directory + "/data", runRoot: directory + "/run"))
        images = ImageStore(state)
    }

    deinit { try? Files.removeTree(directory) }

    func load(_ archive: [UInt8]) throws -> [LoadedImage] {
        let path = "\(directory)/archive.tar"
        try Files.replace(path, with: archive)
        let file = try Descriptor.open(path, O_RDONLY)
        return try images.load(file.raw, subject: "archive.tar")
    }

    var layers: [String] { (try? Files.list(state.layout.layers)) ?? [] }
    var leftovers: [String] { (try? Files.list(state.layout.temporary)) ?? [] }
}

private final class MemorySink: ByteSink {
    var bytes: [UInt8] = []
    func write(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) { bytes += piece }
}

private func tar(_ files: [(path: String, content: [UInt8], owner: UInt32)]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = try TarWriter(sink)
    for file in files {
        var entry = TarEntry(
            path: Array(file.path.utf8), kind: file.path.hasSuffix("/") ? .directory : .file,
            mode: file.path.hasSuffix("/") ? 0o750 : 0o640, uid: file.owner, gid: file.owner)
        entry.size = Int64(file.content.count)
        try writer.add(entry, content: file.content)
    }
    try writer.finish()
    return sink.bytes
}

private let base: [(path: String, content: [UInt8], owner: UInt32)] = [
    ("etc/passwd", Array("root:x:0:0::/:/bin/sh\n".utf8), 0), ("data/", [], 1000),
    ("data/old", Array("old".utf8), 1000),
    ("data/gone", [], 0),
]
private let top: [(path: String, content: [UInt8], owner: UInt32)] = [
    ("data/", [], 1000), ("data/.wh.gone", [], 0), ("data/new", Array("new".utf8), 1000),
    ("app/run", Array("1".utf8), 0),
]

private func savedImage(
    _ name: String, layers: [[UInt8]], diffIDs: [String]? = nil, config: String = "{}"
) throws -> [UInt8] {
    let digests = diffIDs ?? layers.map { SHA256.hex(of: $0) }
    let list = digests.map { "\"sha256:\($0)\"" }.joined(separator: ",")
    let document =
        "{\"architecture\":\"\(Platform.host.architecture)\",\"os\":\"linux\",\"config\":\(config),"
        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\(list)]}}"
    let paths = layers.indices.map { "\"\($0)/layer.tar\"" }.joined(separator: ",")
    let manifest = "[{\"Config\":\"c.json\",\"RepoTags\":[\"\(name)\"],\"Layers\":[\(paths)]}]"
    var files: [(path: String, content: [UInt8], owner: UInt32)] = layers.enumerated().map {
        ("\($0)/layer.tar", $1, 0)
    }
    files.append(("c.json", Array(document.utf8), 0))
    files.append(("manifest.json", Array(manifest.utf8), 0))
    return try tar(files)
}

@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct ImageStoreTests {
    @Test func aLoadedImageIsFoundByNameTagAndId() throws {
        let store = try TemporaryImages()
        let archive = try savedImage(
            "shop:1", layers: [tar(base), tar(top)], config: #"{"Env":["A=1"],"Cmd":["run"],"Volumes":{"/data":{}}}"#)
        let loaded = try #require(try store.load(archive).first)
        #expect(loaded.names == ["shop:1"])
        let image = try #require(try store.images.resolve("shop:1"))
        #expect(image.id == loaded.id)
        #expect(image.configuration.command == ["run"])
        #expect(image.layers.count == 2)
        #expect(Files.text(image.layers[0] + "/data/new") == "new")
        #expect(Files.text(image.layers[1] + "/data/old") == "old")
        #expect(try store.images.resolve(String(loaded.id.dropFirst(7).prefix(12)))?.id == loaded.id)
        #expect(try store.images.resolve(loaded.id)?.id == loaded.id)
        #expect(try store.images.resolve("shop") == nil)
        try store.images.tag("shop:1", as: "registry.example/shop")
        #expect(try store.images.resolve("registry.example/shop:latest")?.id == loaded.id)
        #expect(store.leftovers.isEmpty)
    }

    @Test func aLayerWithOtherContentThanItsDigestLeavesNothing() throws {
        let store = try TemporaryImages()
        let archive = try savedImage("bad:1", layers: [tar(base)], diffIDs: [String(repeating: "0", count: 64)])
        #expect(throws: EngineError.self) { try store.load(archive) }
        #expect(store.layers.isEmpty && store.leftovers.isEmpty)
        #expect(try store.images.list().isEmpty)
    }

    @Test func savedImagesLoadElsewhere() throws {
        let store = try TemporaryImages()
        _ = try store.load(savedImage("shop:1", layers: [tar(base), tar(top)]))
        let path = store.directory + "/saved.tar"
        let file = try Descriptor.open(path, O_RDWR | O_CREAT)
        try store.images.save(["shop:1"], to: file.raw, subject: "saved.tar")
        let other = try TemporaryImages()
        let reading = try Descriptor.open(path, O_RDONLY)
        #expect(try other.images.load(reading.raw, subject: "saved.tar").first?.names == ["shop:1"])
        let image = try #require(try other.images.resolve("shop:1"))
        var status = stat()
        #expect(lstat(image.layers[0] + "/data/gone", &status) == 0 && status.st_rdev == 0)
        #expect(lstat(image.layers[1] + "/data/old", &status) == 0 && status.st_uid == 1000)
    }

    @Test func anImportedRootGetsItsChanges() throws {
        let store = try TemporaryImages()
        let path = store.directory + "/root.tar"
        try Files.replace(path, with: tar(base))
        let file = try Descriptor.open(path, O_RDONLY)
        let id = try store.images.importRoot(file.raw, subject: "root.tar", changes: ["CMD [\"sh\"]"], name: "base")
        let image = try #require(try store.images.resolve("base"))
        #expect(image.id == id && image.configuration.command == ["sh"])
        #expect(try store.images.history(of: "base").map(\.comment) == ["Imported from root.tar"])
        #expect(throws: EngineError.self) {
            try store.images.importRoot(file.raw, subject: "root.tar", changes: ["RUN x"], name: nil)
        }
    }

    @Test func removalKeepsWhatOthersNeed() throws {
        let store = try TemporaryImages()
        let shared = try tar(base)
        _ = try store.load(savedImage("one:1", layers: [shared]))
        _ = try store.load(savedImage("two:1", layers: [shared, tar(top)]))
        try store.images.tag("one:1", as: "one:2")
        #expect(try store.images.remove("one:2", force: false) == [.untagged("one:2")])
        #expect(store.layers.count == 2)
        #expect(try store.images.remove("two:1", force: false).count == 3)
        #expect(store.layers == [SHA256.hex(of: shared)])
        let image = try #require(try store.images.resolve("one:1"))
        let container = Container(
            id: String(repeating: "c", count: 64), name: "c", imageID: image.id,
            configuration: ContainerConfiguration(name: "c", image: "one:1"), arguments: [], created: .now())
        try store.state.insert(ContainerRecord(container: container, spec: "{}"))
        let error = #expect(throws: EngineError.self) { try store.images.remove("one:1", force: false) }
        #expect(error?.code == .inUse)
        #expect(try store.images.remove("one:1", force: true) == [.untagged("one:1")])
        #expect(store.layers.count == 1)
        try store.state.removeContainer(id: container.id)
        #expect(try store.images.prune(all: false).steps.count == 2)
        #expect(store.layers.isEmpty)
    }

    @Test func anEmptyVolumeIsFilledFromTheMergedLayersOnce() throws {
        let store = try TemporaryImages()
        _ = try store.load(savedImage("shop:1", layers: [tar(base), tar(top)]))
        let image = try #require(try store.images.resolve("shop:1"))
        let volume = store.directory + "/volumes/v/_data"
        try Files.makeDirectories(volume)
        try store.images.fill(volume: volume, from: image.layers, path: "/data")
        #expect(try Files.list(volume) == ["new", "old"])
        var status = stat()
        #expect(lstat(volume, &status) == 0 && status.st_uid == 1000 && status.st_mode & 0o777 == 0o750)
        #expect(lstat(volume + "/old", &status) == 0 && status.st_uid == 1000 && status.st_mode & 0o777 == 0o640)
        unlink(volume + "/old")
        try store.images.fill(volume: volume, from: image.layers, path: "/data")
        #expect(try Files.list(volume) == ["new"])
        let other = store.directory + "/volumes/w/_data"
        try Files.makeDirectories(other)
        try store.images.fill(volume: other, from: image.layers, path: "/nowhere")
        #expect(try Files.list(other).isEmpty)
    }
}
