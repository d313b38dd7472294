import CLinux
import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct FilesTests {
    @Test func aReplacedFileHasTheNewBytesAndNoCompanion() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/file"
        try Files.replace(path, with: Array("old, and longer".utf8))
        try Files.replace(path, with: Array("new".utf8), mode: 0o640, durable: true)
        #expect(Files.text(path) == "new")
        #expect(try Files.list(directory.path) == ["file"])
        let file = try Descriptor.open(path, O_RDONLY)
        #expect(try file.status().st_mode & 0o777 == 0o640)
    }

    @Test func whatCannotBeReplacedStays() throws {
        let directory = try TestDirectory()
        try Files.makeDirectories(directory.path + "/taken/inside")
        #expect(throws: Errno.self) { try Files.replace(directory.path + "/taken", with: [1]) }
        #expect(try Files.list(directory.path) == ["taken"])
    }

    @Test func directoriesAreMadeWithTheirParentsAndOnce() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/a/b/c"
        try Files.makeDirectories(path)
        try Files.makeDirectories(path)
        #expect(Files.exists(path))
    }

    @Test func aTreeIsRemovedWithoutFollowingLinks() throws {
        let directory = try TestDirectory()
        let outside = directory.path + "/outside"
        try Files.makeDirectories(directory.path + "/tree/deep/deeper")
        try Files.replace(outside, with: [1])
        #expect(symlink(outside, directory.path + "/tree/deep/link") == 0)
        #expect(symlink(directory.path, directory.path + "/tree/up") == 0)
        try Files.removeTree(directory.path + "/tree")
        #expect(try Files.list(directory.path) == ["outside"])
        try Files.removeTree(directory.path + "/tree")
    }

    /// A container can nest directories far beyond stack, descriptors and path names.
    @Test func aTreeOfAnyDepthIsRemovedWithFewDescriptors() throws {
        let directory = try TestDirectory()
        try Files.makeDirectories(directory.path + "/tree/.removed-1/inside")
        var level = try Descriptor.open(directory.path + "/tree", O_RDONLY | O_DIRECTORY)
        for _ in 0..<25_000 {
            #expect(mkdirat(level.raw, "d", 0o700) == 0)
            level = try level.open(at: "d", O_RDONLY | O_DIRECTORY)
        }
        #expect(mkdirat(level.raw, "e", 0o700) == 0)
        try Files.removeTree(directory.path + "/tree")
        #expect(try Files.list(directory.path).isEmpty)
    }

    @Test func aDirectoryOfManyFilesIsRemoved() throws {
        let directory = try TestDirectory()
        try Files.makeDirectories(directory.path + "/tree/sub")
        for number in 0..<10_000 { close(creat("\(directory.path)/tree/sub/\(number)", 0o600)) }
        try Files.removeTree(directory.path + "/tree")
        #expect(try Files.list(directory.path).isEmpty)
    }

    @Test func aFileThatIsTooLongIsNotRead() throws {
        let directory = try TestDirectory()
        try Files.replace(directory.path + "/file", with: [UInt8](repeating: 0, count: 11))
        #expect(throws: Errno(rawValue: EFBIG)) { try Files.read(directory.path + "/file", limit: 10) }
        #expect(Files.text(directory.path + "/none") == nil)
    }

    @Test func namesAreSortedAndWithoutDots() throws {
        let directory = try TestDirectory()
        for name in ["b", ".a", "c"] { try Files.makeDirectories("\(directory.path)/\(name)") }
        #expect(try Files.list(directory.path) == [".a", "b", "c"])
        let opened = try Descriptor.open(directory.path, O_RDONLY | O_DIRECTORY)
        #expect(try Files.list(opened) == [".a", "b", "c"])
    }

    @Test func aFileThatSatisfiesIsNotWaitedFor() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/events"
        try Files.replace(path, with: Array("frozen 1\n".utf8))
        #expect(try Files.wait(for: path, deadline: 0) { $0.contains("frozen 1") })
        #expect(try !Files.wait(for: path, deadline: 0) { $0.contains("frozen 0") })
    }
}
