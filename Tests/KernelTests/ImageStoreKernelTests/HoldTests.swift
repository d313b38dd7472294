import EngineModel
import Glibc
import ImageModel
import ImageStore
import StateStore
import Testing

/// Images that a command is about to make something of.
@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct HoldTests {
    private func archive() throws -> [UInt8] { try savedImage("app:1", layers: [try tar(baseFiles)]) }

    @Test func aFoundImageIsNotPrunedUntilTheHoldEnds() throws {
        let store = try TemporaryImages()
        _ = try store.load(try archive())
        let other = ImageStore(try StateStore(store.state.layout))
        let hold = try store.images.hold()
        let image = try #require(try store.images.find("app:1"))
        _ = try other.prune(all: true)
        #expect(try store.images.find("app:1")?.id == image.id)
        #expect(store.images.isWhole(image))
        hold.release()
        _ = try other.prune(all: true)
        #expect(try store.images.find("app:1") == nil)
        #expect(store.layers.isEmpty)
    }

    @Test func anImageThatIsRecordedWhileImagesAreHeldIsNotPruned() throws {
        let store = try TemporaryImages()
        let other = ImageStore(try StateStore(store.state.layout))
        let outer = try store.images.hold()
        let inner = try store.images.hold()
        _ = try store.load(try archive())
        inner.release()
        _ = try other.prune(all: true)
        #expect(try store.images.find("app:1") != nil)
        outer.release()
        _ = try other.prune(all: true)
        #expect(try store.images.find("app:1") == nil)
    }

    @Test func aLeaseOnAllOfAnImagesLayersKeepsItFromBeingPrunedButNotFromBeingRemoved() throws {
        let store = try TemporaryImages()
        _ = try store.load(try archive())
        let image = try #require(try store.images.find("app:1"))
        let lease = try store.images.lease()
        for layer in image.diffIDs { #expect(try store.images.hasLayer(layer, lease)) }
        _ = try store.images.prune(all: true)
        #expect(try store.images.resolve("app:1") != nil)
        _ = try store.images.remove("app:1", force: false)
        #expect(try store.images.resolve("app:1") == nil)
        for layer in image.diffIDs { #expect(try store.images.hasLayer(layer, lease)) }
    }
}
