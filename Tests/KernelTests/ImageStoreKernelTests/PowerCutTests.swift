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

/// What stands on a disk whose power is cut at once after something was reported.
@Suite(.serialized, .enabled(if: geteuid() == 0, "needs root"))
struct PowerCutTests {
    private let image: [UInt8]
    private let program = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    init() throws {
        let base = try tar([("bin/program", program, 0), ("data/", [], 0), ("data/first", Array("1".utf8), 0)])
        image = try savedImage("app:1", layers: [base, try tar([("etc/settings", Array("a=b".utf8), 0)])])
    }

    /// The image is there, and all of its content is what the archive says.
    private func isWhole(_ disk: LossyDisk) throws -> Bool {
        let images = ImageStore(try disk.state())
        guard let image = try images.resolve("app:1"), images.isWhole(image) else { return false }
        let tree = try #require(image.layers.last)
        return try Files.read("\(tree)/bin/program") == program && Files.read("\(tree)/data/first") == Array("1".utf8)
    }

    private func load(_ disk: LossyDisk) throws {
        try Files.replace("\(disk.folder)/archive.tar", with: image)
        let file = try Descriptor.open("\(disk.folder)/archive.tar", O_RDONLY)
        _ = try ImageStore(try disk.state()).load(file.raw, subject: "archive.tar")
    }

    @Test func anImageThatWasLoadedIsWhole() throws {
        let disk = try LossyDisk()
        try load(disk)
        try disk.cutPower()
        #expect(try isWhole(disk))
        try load(disk)
        #expect(try isWhole(disk))
    }

    @Test func aLayerThatTheDiskHasOnlyTheNameOfIsMadeAgain() throws {
        let disk = try LossyDisk()
        let digest: Digest
        do {
            let images = ImageStore(try disk.state())
            let lease = try images.lease()
            let workspace = try images.workspace(lease)
            try Files.replace("\(workspace.upper)/file", with: program)
            digest = try workspace.commit(epoch: 0, subject: "layer").diffID
            #expect(try images.hasLayer(digest, lease))
            try disk.syncNames()
        }
        try disk.cutPower()
        let images = ImageStore(try disk.state())
        let lease = try images.lease()
        #expect(Files.exists("\(disk.layout.layers)/\(digest.hex)/fs/file"))
        #expect(try !images.hasLayer(digest, lease))
        let workspace = try images.workspace(lease)
        try Files.replace("\(workspace.upper)/file", with: program)
        #expect(try workspace.commit(epoch: 0, subject: "layer").diffID == digest)
        #expect(try Files.read("\(disk.layout.layer(digest.hex))/file") == program)
        #expect(try images.hasLayer(digest, lease))
    }

    @Test func anImageWhoseLayersAreNotWholeIsNotTakenForOne() throws {
        let disk = try LossyDisk()
        try load(disk)
        let images = ImageStore(try disk.state())
        let image = try #require(try images.resolve("app:1"))
        let layer = "\(disk.layout.layers)/\(try #require(image.diffIDs.first).hex)"
        #expect(images.isWhole(image))
        // The mark is lost: what is in the directory counts for nothing.
        try systemCall { truncate("\(layer)/size", 0) }
        try systemCall { truncate("\(layer)/fs/bin/program", 0) }
        #expect(!images.isWhole(image))
        try load(disk)
        #expect(try isWhole(disk))
    }

    @Test func aBlobThatWasReceivedIsWholeAndAShortOneIsReceivedAgain() throws {
        let disk = try LossyDisk()
        let digest = try #require(Digest(hex: SHA256.hex(of: program)))
        func receive() throws -> Bool {
            let images = ImageStore(try disk.state())
            let lease = try images.lease()
            let size = Int64(program.count)
            guard let ingest = try images.ingest(digest, size: size, lease, cancellation: Cancellation()) else {
                return false
            }
            try program.withUnsafeBytes { try ingest.write($0) }
            try ingest.commit()
            return true
        }
        #expect(try receive())
        try disk.syncNames()
        try disk.cutPower()
        #expect(try !receive())
        #expect(try Files.read(disk.layout.blob(digest.hex)) == program)
        try systemCall { truncate(disk.layout.blob(digest.hex), 0) }
        #expect(try receive())
        #expect(try Files.read(disk.layout.blob(digest.hex)) == program)
    }

    @Test func aVolumeStaysAndItsFirstContentIsWhole() throws {
        let disk = try LossyDisk()
        try load(disk)
        let volume = Volume(
            configuration: VolumeConfiguration(name: "v"), created: .now(), path: disk.layout.volumeData("v"),
            anonymous: false)
        do {
            let state = try disk.state()
            try VolumeFiles(state).make(volume)
            let image = try #require(try ImageStore(state).resolve("app:1"))
            try ImageStore(state).fill(volume: volume.path, from: image.layers, path: "/bin")
        }
        try disk.cutPower()
        do {
            let state = try disk.state()
            #expect(try state.volume(named: "v") != nil)
            #expect(try Files.read("\(volume.path)/program") == program)
            try VolumeFiles(state).remove("v")
        }
        try disk.cutPower()
        let state = try disk.state()
        #expect(try state.volume(named: "v") == nil)
        try VolumeFiles(state).sweep()
        #expect(!Files.exists(volume.path))
        try VolumeFiles(state).make(volume)
    }

    @Test func theRecordOpensAndHasWhatWasDurable() throws {
        let disk = try LossyDisk()
        for number in 0..<5 {
            do {
                let state = try disk.state()
                try state.transaction(durable: true) { try state.keepContent(["layer \(number)"], owner: "test") }
            }
            try disk.cutPower()
            let kept = try disk.state().keptContent(owner: "test")
            #expect(kept == Set((0...number).map { "layer \($0)" }))
        }
    }
}
