import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct DescriptorTests {
    @Test func itIsClosedWithItsOwner() throws {
        let pipe = try Descriptor.pipe()
        let writer = pipe.write
        _ = consume writer
        #expect(try pipe.read.readAll() == [])
    }

    @Test func whatIsNoRegularFileIsLookedAtAndNotOpened() throws {
        let path = "/tmp/compose-descriptor-test-\(getpid())-\(monotonicNanoseconds())"
        try Files.makeDirectories(path)
        defer { try? Files.removeTree(path) }
        try Files.replace(path + "/file", with: [7])
        #expect(mkfifo(path + "/fifo", 0o600) == 0 && symlink("fifo", path + "/link") == 0)
        let directory = try Descriptor.open(path, O_PATH | O_DIRECTORY)
        #expect(try directory.openRegularFile(at: "file", resolve: .beneath).readAll() == [7])
        for name in ["fifo", "link", "."] {
            #expect(throws: Errno.invalidArgument) {
                _ = try directory.openRegularFile(at: name, resolve: .beneath).raw
            }
        }
    }

    @Test func whatIsTakenStaysOpen() throws {
        let pipe = try Descriptor.pipe()
        let raw = pipe.write.take()
        #expect(fcntl(raw, F_GETFD) & FD_CLOEXEC != 0)
        #expect(close(raw) == 0)
    }

    @Test func aCopyIsCloseOnExecAndTheSameFile() throws {
        let pipe = try Descriptor.pipe()
        let copy = try pipe.write.duplicate()
        #expect(fcntl(copy.raw, F_GETFD) & FD_CLOEXEC != 0)
        try copy.writeAll([5])
        #expect(try pipe.read.read(upTo: 10) == [5])
    }

    @Test func withoutBlockingAnEmptyPipeSaysSo() throws {
        let pipe = try Descriptor.pipe()
        try pipe.read.setNonBlocking()
        #expect(throws: Errno.wouldBlock) { try read(pipe.read) }
        try pipe.read.setNonBlocking(false)
        #expect(fcntl(pipe.read.raw, F_GETFL) & O_NONBLOCK == 0)
    }

    private func read(_ source: borrowing Descriptor) throws { _ = try source.read(upTo: 1) }

    @Test func noPathLeadsOutOfARoot() throws {
        let directory = try TestDirectory()
        try Files.makeDirectories(directory.path + "/root/etc")
        try Files.replace(directory.path + "/root/etc/name", with: Array("inside".utf8))
        #expect(symlink("/etc/name", directory.path + "/root/link") == 0)
        let root = try Descriptor.open(directory.path + "/root", O_PATH | O_DIRECTORY)
        let file = try root.open(at: "link", O_RDONLY, resolve: .inRoot)
        #expect(try file.readAll() == Array("inside".utf8))
        let up = try root.open(at: "../../../etc/name", O_RDONLY, resolve: .inRoot)
        #expect(try up.readAll() == Array("inside".utf8))
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try open("link", in: root, .noSymlinks) }
        #expect(throws: Errno(rawValue: EXDEV)) { try open("../root/etc/name", in: root, .beneath) }
    }

    private func open(_ path: String, in root: borrowing Descriptor, _ rule: PathResolution) throws {
        _ = try root.open(at: path, O_RDONLY, resolve: rule)
    }
}
