import Archive
import CLinux
import Glibc
import LinuxSystem
import SystemPackage
import Testing

/// A directory with a `root` to unpack to and a canary beside it that must stay as it is.
final class Playground {
    let path: String

    init() throws {
        path = "/tmp/compose-archive-\(getpid())-\(monotonicNanoseconds())"
        try Files.makeDirectories(path + "/root", mode: 0o755)
        try Files.replace(path + "/canary", with: Array("alive".utf8))
    }

    deinit { try? Files.removeTree(path) }

    var canaryLives: Bool { Files.text(path + "/canary") == "alive" }

    /// Nothing but what was there before.
    var isClean: Bool { (try? Files.list(path)) == ["canary", "root"] && canaryLives }

    @discardableResult
    func extract(_ archive: [UInt8], _ whiteouts: ExtractionRules.Whiteouts = .overlay) throws -> ExtractionResult {
        let root = try Descriptor.open(path + "/root", O_RDONLY | O_DIRECTORY)
        return try extractTar(MemorySource(archive), into: root, rules: ExtractionRules(whiteouts: whiteouts))
    }

    func status(_ name: String) -> stat? {
        var status = stat()
        return lstat("\(path)/root/\(name)", &status) == 0 ? status : nil
    }
}

final class MemorySink: ByteSink {
    var bytes: [UInt8] = []
    func write(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) { bytes += piece }
}

func archive(_ entries: [(TarEntry, String)]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = try TarWriter(sink)
    for (entry, content) in entries {
        var entry = entry
        entry.size = Int64(content.utf8.count)
        try writer.add(entry, content: Array(content.utf8))
    }
    try writer.finish()
    return sink.bytes
}

func entry(_ path: String, _ kind: TarEntry.Kind = .file, mode: UInt32 = 0o644, uid: UInt32 = 0) -> TarEntry {
    TarEntry(
        path: Array(path.utf8), kind: kind, mode: mode, uid: uid, gid: uid,
        modified: TarTime(seconds: 1_700_000_000, nanoseconds: 0))
}

func link(_ target: String) -> TarEntry.Kind { .symbolicLink(target: Array(target.utf8)) }
func hardLink(_ target: String) -> TarEntry.Kind { .hardLink(target: Array(target.utf8)) }

@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct ExtractionTests {
    @Test func everythingKeepsOwnerModeAndTime() throws {
        let playground = try Playground()
        var capable = entry("bin/capable", mode: 0o4755, uid: 1000)
        let value: [UInt8] = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        capable.attributes = [
            ExtendedAttribute(name: "security.capability", value: value),
            ExtendedAttribute(name: "trusted.overlay.redirect", value: Array("/etc".utf8)),
        ]
        // The directory comes after what lies in it.
        try playground.extract(
            archive([
                (capable, "#!"), (entry("bin", .directory, mode: 0o2750, uid: 7), ""), (entry("l", link("bin")), ""),
                (entry("pipe", .fifo, mode: 0o666), ""),
                (entry("null", .characterDevice(major: 1, minor: 3), mode: 0o666), ""),
                (entry("again", hardLink("bin/capable")), ""), (entry("n\u{e9}", mode: 0o600), "x"),
            ]))
        let file = try #require(playground.status("bin/capable"))
        #expect(file.st_mode & 0o7777 == 0o4755 && file.st_uid == 1000 && file.st_mtim.tv_sec == 1_700_000_000)
        #expect(file.st_nlink == 2)
        #expect(getxattr("\(playground.path)/root/bin/capable", "security.capability", nil, 0) == 20)
        #expect(getxattr("\(playground.path)/root/bin/capable", "trusted.overlay.redirect", nil, 0) == -1)
        let directory = try #require(playground.status("bin"))
        #expect(
            directory.st_mode & 0o7777 == 0o2750 && directory.st_uid == 7 && directory.st_mtim.tv_sec == 1_700_000_000)
        #expect(try #require(playground.status("pipe")).st_mode == S_IFIFO | 0o666)
        #expect(clinux_minor(UInt64(try #require(playground.status("null")).st_rdev)) == 3)
        #expect(playground.status("n\u{e9}") != nil)
    }

    @Test(arguments: ["../v", "a/../../v", "/../v", "..", "./..", "d/.."])
    func aNameThatLeavesTheTreeIsRefused(name: String) throws {
        let playground = try Playground()
        for kind: TarEntry.Kind in [.file, .directory, link("/"), hardLink("a"), .fifo] {
            let bytes = try archive([(entry("a"), "x"), (entry(name, kind), "")])
            #expect(throws: ArchiveError.self) { try playground.extract(bytes) }
        }
        #expect(playground.isClean)
    }

    @Test func linksInTheArchiveLeadNowhereElse() throws {
        let playground = try Playground()
        let outside = playground.path
        _ = try? playground.extract(archive([(entry("l", link("../")), ""), (entry("l/canary"), "dead")]))
        _ = try? playground.extract(archive([(entry("m", link(outside)), ""), (entry("m/canary"), "dead")]))
        _ = try? playground.extract(archive([(entry("n", link("\(outside)/canary")), ""), (entry("n"), "dead")]))
        _ = try? playground.extract(
            archive([
                (entry("o", link("\(outside)/canary")), ""), (entry("p", hardLink("o")), ""), (entry("p"), "dead"),
            ]))
        _ = try? playground.extract(archive([(entry("q", hardLink("../canary")), "")]))
        _ = try? playground.extract(archive([(entry("r", link(outside)), ""), (entry("r/.wh.canary"), "")]))
        _ = try? playground.extract(archive([(entry("s", link(outside)), ""), (entry("s/.wh..wh..opq"), "")]))
        _ = try? playground.extract(
            archive([(entry("t", link("..")), ""), (entry("t", .directory, mode: 0o700, uid: 99), "")]))
        #expect(playground.isClean)
        var status = stat()
        #expect(stat(outside, &status) == 0 && status.st_uid == 0)
    }

    @Test func linksInsideTheTreeAreFollowed() throws {
        let playground = try Playground()
        try playground.extract(
            archive([
                (entry("run", .directory, mode: 0o755), ""), (entry("var/run", link("/run")), ""),
                (entry("var/run/pid"), "1"),
                (entry("/abs"), "x"), (entry("second", hardLink("/abs")), ""),
            ]))
        #expect(Files.text(playground.path + "/root/run/pid") == "1")
        #expect(Files.text(playground.path + "/root/second") == "x")
    }

    @Test func whiteoutsBecomeThoseOfOverlayfs() throws {
        let playground = try Playground()
        try playground.extract(
            archive([
                (entry("d/.wh.gone"), ""), (entry("e/own"), "x"), (entry("e/.wh..wh..opq"), ""),
                (entry(".wh..wh.plnk"), ""),
                (entry("kept"), "x"), (entry(".wh.kept"), ""), (entry(".wh.back"), ""),
                (entry("back", .directory, mode: 0o755), ""),
            ]))
        let gone = try #require(playground.status("d/gone"))
        #expect(gone.st_mode & S_IFMT == S_IFCHR && gone.st_rdev == 0)
        #expect(getxattr("\(playground.path)/root/e", "trusted.overlay.opaque", nil, 0) == 1)
        #expect(getxattr("\(playground.path)/root/back", "trusted.overlay.opaque", nil, 0) == 1)
        #expect(Files.text(playground.path + "/root/kept") == "x")
        #expect(try Files.list(playground.path + "/root") == ["back", "d", "e", "kept"])
        for name in [".wh.", ".wh...", ".wh.."] {
            #expect(throws: ArchiveError.self) { try playground.extract(archive([(entry(name), "")])) }
        }
    }

    @Test func theLastOfSeveralEntriesCounts() throws {
        let playground = try Playground()
        try playground.extract(
            archive(
                [
                    (entry("a/b"), "x"), (entry("a", link("elsewhere")), ""), (entry("c"), "old"), (entry("c"), "new"),
                    (entry("f"), "x"), (entry("f/g"), "y"),
                ].dropLast().map { $0 }))
        #expect(try #require(playground.status("a")).st_mode & S_IFMT == S_IFLNK)
        #expect(Files.text(playground.path + "/root/c") == "new")
    }

    @Test func limitsEndTheWork() throws {
        let playground = try Playground()
        let root = try Descriptor.open(playground.path + "/root", O_RDONLY | O_DIRECTORY)
        var rules = ExtractionRules(whiteouts: .literal)
        rules.maximumBytes = 3
        let large = try archive([(entry("a"), "four")])
        let error = #expect(throws: ArchiveError.self) { try extractTar(MemorySource(large), into: root, rules: rules) }
        #expect(error?.code == .limit)
        rules.maximumBytes = 100
        rules.maximumEntries = 1
        let many = try archive([(entry("a"), ""), (entry("b"), "")])
        #expect(throws: ArchiveError.self) { try extractTar(MemorySource(many), into: root, rules: rules) }
        let deep = try archive([(entry(String(repeating: "d/", count: 300) + "f"), "")])
        #expect(throws: ArchiveError.self) { try playground.extract(deep) }
        let cutOff = try archive([(entry("long"), String(repeating: "x", count: 5000))]).prefix(2000)
        #expect(throws: ArchiveError.self) { try playground.extract(Array(cutOff)) }
        #expect(playground.isClean)
    }

    @Test func aTreeIsArchivedAndUnpackedUnchanged() throws {
        let playground = try Playground()
        let original = try archive([
            (entry("a", .directory, mode: 0o755), ""), (entry("a/.wh..wh..opq", mode: 0), ""),
            (entry("a/.wh.gone", mode: 0), ""),
            (entry("a/file", mode: 0o4711, uid: 5), "x"), (entry("b", hardLink("a/file")), ""),
            (entry("c", link("a")), ""),
        ])
        try playground.extract(original)
        let root = try Descriptor.open(playground.path + "/root", O_RDONLY | O_DIRECTORY)
        func written() throws -> [UInt8] {
            let sink = MemorySink()
            let writer = try TarWriter(sink)
            try archiveTree(root, to: writer, rules: TreeArchiveRules(whiteouts: .overlay))
            try writer.finish()
            return sink.bytes
        }
        let first = try written()
        let second = try Playground()
        try second.extract(first)
        #expect(try #require(second.status("a/gone")).st_rdev == 0)
        #expect(try #require(second.status("b")).st_nlink == 2)
        #expect(first == (try written()))
    }
}
