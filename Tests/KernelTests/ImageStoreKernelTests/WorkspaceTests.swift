import Archive
import CLinux
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import StateStore
import SystemPackage
import Testing

@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct WorkspaceTests {
    /// Files of all kinds, as an overlay leaves them in its upper directory.
    private func fill(_ upper: String) throws {
        let long = String(repeating: "n", count: 200)
        try Files.makeDirectories("\(upper)/d/\(long)/\(long)", mode: 0o750)
        try Files.replace("\(upper)/d/\(long)/\(long)/file", with: Array("deep".utf8), mode: 0o4755)
        try Files.replace("\(upper)/d/grüße", with: Array("text".utf8))
        #expect(link("\(upper)/d/grüße", "\(upper)/hard") == 0)
        #expect(symlink("../d/grüße", "\(upper)/soft") == 0)
        #expect(mknod("\(upper)/fifo", S_IFIFO | 0o600, 0) == 0)
        #expect(mknod("\(upper)/null", S_IFCHR | 0o666, dev_t(clinux_makedev(1, 3))) == 0)
        #expect(mknod("\(upper)/gone", S_IFCHR, 0) == 0)
        #expect(mkdir("\(upper)/new", 0o755) == 0)
        #expect(setxattr("\(upper)/new", "trusted.overlay.opaque", "y", 1, 0) == 0)
        #expect(setxattr("\(upper)/d", "trusted.overlay.origin", "x", 1, 0) == 0)
        #expect(setxattr("\(upper)/hard", "user.note", "kept", 4, 0) == 0)
        let sparse = try Descriptor.open("\(upper)/sparse", O_WRONLY | O_CREAT)
        #expect(pwrite(sparse.raw, "end", 3, 1 << 20) == 3)
        #expect(lchown("\(upper)/soft", 1000, 1001) == 0)
        // Nanoseconds and a time after the epoch that the test commits with.
        var times = [timespec(tv_sec: 5, tv_nsec: 7), timespec(tv_sec: 2_000_000_000, tv_nsec: 123_456_789)]
        #expect(utimensat(AT_FDCWD, "\(upper)/d/grüße", &times, 0) == 0)
    }

    @Test func aTreeBecomesTheLayerThatItsArchiveUnpacksTo() throws {
        let store = try TemporaryImages()
        let lease = try store.images.lease()
        var committed: [CommittedLayer] = []
        for _ in 0..<2 {
            let workspace = try store.images.workspace(lease)
            try fill(workspace.upper)
            committed.append(try workspace.commit(epoch: 1_600_000_000, subject: "layer"))
        }
        #expect(committed[0] == committed[1])
        let layer = committed[0]
        #expect(!layer.isEmpty && layer.size == 4 + 4 + (1 << 20) + 3)
        let tree = try #require(try store.images.layerDirectories([layer.diffID]).first)
        var status = stat()
        #expect(lstat("\(tree)/hard", &status) == 0)
        #expect(status.st_mtim.tv_sec == 1_600_000_000 && status.st_mtim.tv_nsec == 0)
        #expect(getxattr("\(tree)/d", "trusted.overlay.origin", nil, 0) < 0)

        // The blob that is made of it has the diff id as its digest, and unpacks to the same elsewhere.
        let head =
            "{\"architecture\":\"\(Platform.host.architecture)\",\"os\":\"linux\","
        let document = Array((head + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"\(layer.diffID)\"]}}").utf8)
        let name = try ImageReference("made:1")
        _ = try store.images.register(NewImage(document: document, names: [name]), lease)
        let image = try #require(try store.images.resolve("made:1"))
        let blobs = try store.images.blobs(of: image, lease)
        #expect(blobs.layers.count == 1)
        let other = try TemporaryImages()
        let otherLease = try other.images.lease()
        let bytes = try store.images.blob(blobs.layers[0].digest, limit: 10 << 20)
        _ = try other.images.add(blob: bytes, otherLease)
        try other.images.unpackLayer(layer.diffID, from: blobs.layers[0], subject: "layer", otherLease)
        let unpacked = try #require(try other.images.layerDirectories([layer.diffID]).first)
        #expect(lstat("\(unpacked)/gone", &status) == 0 && status.st_rdev == 0)
        #expect(getxattr("\(unpacked)/new", "trusted.overlay.opaque", nil, 0) == 1)
        #expect(getxattr("\(unpacked)/hard", "user.note", nil, 0) == 4)
        #expect(try store.images.blobs(of: image, lease) == blobs)
    }

    @Test func anUntouchedTreeIsEmptyAndLeavesNothingWithoutCommit() throws {
        let store = try TemporaryImages()
        let lease = try store.images.lease()
        do {
            let dropped = try store.images.workspace(lease)
            try Files.replace("\(dropped.upper)/file", with: [1])
        }
        #expect(store.leftovers.isEmpty)
        let layer = try store.images.workspace(lease).commit(epoch: nil, subject: "layer")
        #expect(layer.isEmpty && layer.size == 0)
        #expect(try store.images.hasLayer(layer.diffID, lease))
    }

    @Test func aRenameThatNoLayerCanExpressIsRefused() throws {
        let store = try TemporaryImages()
        let workspace = try store.images.workspace(try store.images.lease())
        #expect(mkdir("\(workspace.upper)/moved", 0o755) == 0)
        #expect(setxattr("\(workspace.upper)/moved", "trusted.overlay.redirect", "/a", 2, 0) == 0)
        #expect(throws: EngineError.self) { try workspace.commit(epoch: nil, subject: "layer") }
        #expect(store.layers.isEmpty)
    }

    @Test func aCommitAddsOneLayerToTheSameOnes() throws {
        let store = try TemporaryImages()
        _ = try store.load(savedImage("shop:1", layers: [tar(baseFiles)], config: #"{"Cmd":["old"]}"#))
        let base = try #require(try store.images.resolve("shop:1"))
        let upper = "\(store.directory)/upper"
        try Files.makeDirectories("\(upper)/etc", mode: 0o755)
        try Files.replace("\(upper)/etc/hosts", with: [])
        try Files.replace("\(upper)/added", with: [1, 2, 3])
        #expect(mknod("\(upper)/data", S_IFCHR, 0) == 0)
        var commit = ImageCommit(upper: upper, base: base, execution: base.configuration)
        commit.changes = ["CMD [\"new\"]", "LABEL a=b"]
        commit.mountPoints = ["/etc/hosts", "/proc"]
        commit.createdBy = "old"
        commit.name = "shop:2"
        let id = try store.images.commit(commit, subject: "container web")
        let image = try #require(try store.images.resolve("shop:2"))
        #expect(image.id == id && image.configuration.command == ["new"] && image.configuration.labels == ["a": "b"])
        #expect(image.diffIDs.count == 2 && image.diffIDs[0] == base.diffIDs[0])
        #expect(try Files.list(image.layers[0]) == ["added", "data"])
        #expect(try store.images.history(of: "shop:2").first?.createdBy == "old")
        #expect(Files.exists("\(upper)/etc/hosts"))
    }
}
