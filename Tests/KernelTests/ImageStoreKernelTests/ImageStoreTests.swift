import Archive
import CLinux
import ContainerModel
import Digests
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import Primitives
import StateStore
import SystemPackage
import Testing

@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct ImageStoreTests {
    @Test func aLoadedImageIsFoundByNameTagAndId() throws {
        let store = try TemporaryImages()
        let archive = try savedImage(
            "shop:1", layers: [tar(baseFiles), tar(topFiles)],
            config: #"{"Env":["A=1"],"Cmd":["run"],"Volumes":{"/data":{}}}"#)
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
        let archive = try savedImage("bad:1", layers: [tar(baseFiles)], diffIDs: [String(repeating: "0", count: 64)])
        #expect(throws: EngineError.self) { try store.load(archive) }
        #expect(store.layers.isEmpty && store.leftovers.isEmpty)
        #expect(try store.images.list().isEmpty)
    }

    @Test func savedImagesLoadElsewhere() throws {
        let store = try TemporaryImages()
        _ = try store.load(savedImage("shop:1", layers: [tar(baseFiles), tar(topFiles)]))
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
        try Files.replace(path, with: tar(baseFiles))
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
        let shared = try tar(baseFiles)
        _ = try store.load(savedImage("one:1", layers: [shared]))
        _ = try store.load(savedImage("two:1", layers: [shared, tar(topFiles)]))
        try store.images.tag("one:1", as: "one:2")
        #expect(try store.images.remove("one:2", force: false) == [.untagged("one:2")])
        #expect(store.layers.count == 2)
        #expect(try store.images.remove("two:1", force: false).count == 3)
        #expect(store.layers == [SHA256.hex(of: shared)])
        let image = try #require(try store.images.resolve("one:1"))
        let container = Container(
            id: String(repeating: "c", count: 64), name: "c", imageID: image.id,
            configuration: ContainerConfiguration(name: "c", image: "one:1"), arguments: [], created: .now())
        let spec = ContainerSpec(
            id: container.id, name: "c",
            root: RootFilesystem(lowerDirectories: ["/"], upperDirectory: "/upper", workDirectory: "/work"),
            process: ProcessSpec(arguments: [], environment: []), directory: "/")
        try store.state.insert(ContainerRecord(container: container, spec: spec))
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
        _ = try store.load(savedImage("shop:1", layers: [tar(baseFiles), tar(topFiles)]))
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
