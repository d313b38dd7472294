import CLinux
import Glibc
import LinuxSystem
import SystemPackage
import Testing

/// A directory with layers whose names have all that needs escaping. Removed with the value.
private final class Layers {
    let path = "/var/tmp/compose-overlay-\(getpid())-\(monotonicNanoseconds())"

    init() throws {
        for (folder, text) in [("low:,\\", "low"), ("top:,\\", "top")] {
            try Files.makeDirectories("\(path)/\(folder)/dir", mode: 0o755)
            try Files.replace("\(path)/\(folder)/dir/file", with: Array(text.utf8))
        }
        try Files.replace("\(path)/low:,\\/dir/other", with: Array("low".utf8))
        for folder in ["upper:,\\", "work:,\\"] { try Files.makeDirectories("\(path)/\(folder)") }
    }

    deinit { try? Files.removeTree(path) }

    var readOnly: Overlay { Overlay(layers: ["\(path)/top:,\\", "\(path)/low:,\\"]) }

    var changing: Overlay {
        Overlay(
            layers: readOnly.layers, changes: Overlay.Changes(upper: "\(path)/upper:,\\", work: "\(path)/work:,\\"))
    }

    static func text(_ name: String, in root: borrowing Descriptor) throws -> String {
        String(decoding: try root.open(at: name, O_RDONLY).readAll(), as: UTF8.self)
    }
}

struct OverlayKernelTests {
    @Test(arguments: OverlayMethod.allCases)
    func theTopmostLayerWinsAndNothingCanBeWritten(_ method: OverlayMethod) throws {
        let layers = try Layers()
        let root = try layers.readOnly.open(by: method)
        #expect(try Layers.text("dir/file", in: root) == "top")
        #expect(try Layers.text("dir/other", in: root) == "low")
        #expect(throws: Errno.readOnlyFileSystem) { _ = try root.open(at: "dir/file", O_WRONLY) }
    }

    @Test(arguments: OverlayMethod.allCases)
    func changesGoToTheUpperDirectoryAlone(_ method: OverlayMethod) throws {
        let layers = try Layers()
        let root = try layers.changing.open(by: method)
        try root.open(at: "dir/new", O_WRONLY | O_CREAT, mode: 0o644).writeAll(Array("new".utf8))
        try root.open(at: "dir/file", O_WRONLY | O_TRUNC).writeAll(Array("changed".utf8))
        #expect(unlinkat(root.raw, "dir/other", 0) == 0)
        #expect(Files.text("\(layers.path)/upper:,\\/dir/new") == "new")
        #expect(Files.text("\(layers.path)/upper:,\\/dir/file") == "changed")
        #expect(try Files.list("\(layers.path)/upper:,\\/dir") == ["file", "new", "other"])
        #expect(Files.text("\(layers.path)/top:,\\/dir/file") == "top")
        #expect(Files.text("\(layers.path)/low:,\\/dir/other") == "low")
    }

    @Test func whatIsAttachedLiesOverItsPlaceAndIsSeenThroughTheResultAlone() throws {
        let layers = try Layers()
        for name in ["volume", "other"] {
            try Files.makeDirectories("\(layers.path)/\(name)/sub", mode: 0o755)
            try Files.replace("\(layers.path)/\(name)/sub/file", with: Array(name.utf8))
        }
        let root = try layers.changing.open(with: [
            OverlayAttachment(source: "\(layers.path)/volume", target: "/dir"),
            OverlayAttachment(source: "\(layers.path)/other", subpath: "sub", target: "/new/place", readOnly: true),
            OverlayAttachment(source: "\(layers.path)/other/sub/file", target: "/dir/single"),
        ])
        #expect(try Layers.text("dir/sub/file", in: root) == "volume")
        #expect(try Layers.text("new/place/file", in: root) == "other")
        #expect(try Layers.text("dir/single", in: root) == "other")
        #expect(throws: Errno.readOnlyFileSystem) { _ = try root.open(at: "new/place/file", O_WRONLY) }
        _ = try root.open(at: "dir/made", O_WRONLY | O_CREAT)
        #expect(Files.exists("\(layers.path)/volume/made"))
        #expect(!Files.exists("\(layers.path)/upper:,\\/dir/made"))
        #expect(Files.text("/proc/self/mountinfo")?.contains("compose-overlay-\(getpid())") == false)
        #expect(Files.text("\(layers.path)/top:,\\/dir/file") == "top")
    }

    @Test(arguments: OverlayMethod.allCases)
    func nobodyElseSeesTheMount(_ method: OverlayMethod) throws {
        let layers = try Layers()
        let root = try layers.changing.open(by: method)
        #expect(try root.status().st_mode & S_IFMT == S_IFDIR)
        #expect(Files.text("/proc/self/mountinfo")?.contains("compose-overlay-\(getpid())") == false)
        #expect(try Files.list("\(layers.path)/top:,\\") == ["dir"])
    }

    /// The directory that a renamed one came from has no name in the upper directory (`redirect_dir`), so that it stays
    /// a layer of its own.
    @Test(arguments: OverlayMethod.allCases)
    func directoriesOfLayersAreNotRenamedByReference(_ method: OverlayMethod) throws {
        let layers = try Layers()
        let root = try layers.changing.open(by: method)
        #expect(renameat(root.raw, "dir", root.raw, "moved") != 0)
        #expect(errno == EXDEV)
    }

    @Test func oneLayerIsOpenedAsItIs() throws {
        let layers = try Layers()
        let root = try Overlay(layers: [layers.readOnly.layers[0]]).open()
        #expect(try Layers.text("dir/file", in: root) == "top")
    }

    @Test(arguments: OverlayMethod.allCases)
    func aMissingLayerIsAnError(_ method: OverlayMethod) throws {
        let layers = try Layers()
        let overlay = Overlay(layers: [layers.path + "/none", layers.readOnly.layers[0]])
        #expect(throws: Errno.noSuchFileOrDirectory) { _ = try overlay.open(by: method) }
    }
}
