import Archive
import CLinux
import EngineModel
import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import ImageBuilder

/// What a layer, a copied tree and a copied file keep of a file's extended attributes is the same.
struct AttributeTests {
    /// One by one, whether it is kept. `cap_net_raw=ep` as setcap(8) writes it.
    private static let attributes: [(name: String, value: [UInt8], isKept: Bool)] = [
        ("user.kept", Array("value".utf8), true),
        ("user.overlay.opaque", Array("y".utf8), false),
        ("trusted.gone", Array("value".utf8), false),
        ("security.capability", [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], true),
    ]
    private static let kept = attributes.filter(\.isKept).map(\.name).sorted()

    private static func names(of path: String) throws -> [String] {
        let file = try Descriptor.open(path, O_RDONLY)
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = flistxattr(file.raw, &buffer, buffer.count)
        return buffer[..<max(0, length)].split(separator: 0).map { name in
            String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }.sorted()
    }

    /// A context whose `d/f` has all of the attributes.
    private static func scene() throws -> CopyScene {
        let scene = try CopyScene(context: "mkdir d; echo x >d/f", root: "mkdir layer tree")
        let file = try Descriptor.open("\(scene.path)/context/d/f", O_RDWR)
        for attribute in attributes {
            #expect(fsetxattr(file.raw, attribute.name, attribute.value, attribute.value.count, 0) == 0)
        }
        return scene
    }

    @Test func aCopiedFileKeepsWhatALayerKeeps() throws {
        let scene = try Self.scene()
        let root = try Descriptor.open("\(scene.path)/root", O_RDONLY | O_DIRECTORY)
        try scene.operation(CopyRequest(.copy, sources: ["d"], destination: "/copied")).perform(into: root, owner: nil)
        #expect(try Self.names(of: "\(scene.path)/root/copied/f") == Self.kept)
    }

    @Test func aCopiedTreeKeepsWhatALayerKeeps() throws {
        let scene = try Self.scene()
        let source = try Descriptor.open("\(scene.path)/context/d", O_RDONLY | O_DIRECTORY)
        let target = try Descriptor.open("\(scene.path)/root/tree", O_RDONLY | O_DIRECTORY)
        try copyTree(from: source, to: target)
        #expect(try Self.names(of: "\(scene.path)/root/tree/f") == Self.kept)
    }

    @Test func anUnpackedLayerKeepsThem() throws {
        let scene = try Self.scene()
        let source = try Descriptor.open("\(scene.path)/context/d", O_RDONLY | O_DIRECTORY)
        let archive = "\(scene.path)/layer.tar"
        let file = try Descriptor.open(archive, O_RDWR | O_CREAT | O_EXCL)
        let writer = try TarWriter(FileSink(file.raw))
        try archiveTree(source, to: writer, rules: TreeArchiveRules(whiteouts: .overlay))
        try writer.finish()
        let target = try Descriptor.open("\(scene.path)/root/layer", O_RDONLY | O_DIRECTORY)
        _ = try extractTar(
            MemorySource(try Files.read(archive)), into: target, rules: ExtractionRules(whiteouts: .overlay))
        #expect(try Self.names(of: "\(scene.path)/root/layer/f") == Self.kept)
    }

    @Test func aSettledLayerKeepsThem() throws {
        let scene = try Self.scene()
        let directory = try Descriptor.open("\(scene.path)/context/d", O_RDONLY | O_DIRECTORY)
        _ = try settleTree(directory, epoch: nil)
        #expect(try Self.names(of: "\(scene.path)/context/d/f") == Self.kept)
    }
}
