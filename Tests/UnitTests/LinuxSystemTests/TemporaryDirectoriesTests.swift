import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct TemporaryDirectoriesTests {
    private final class Folder {
        let path = "/tmp/compose-temporary-\(getpid())-\(monotonicNanoseconds())"

        deinit { try? Files.removeTree(path) }
    }

    private let folder = Folder()
    private var directories: TemporaryDirectories { TemporaryDirectories(folder.path) }
    private var names: [String] { get throws { try Files.list(folder.path) } }

    @Test func aDirectoryGoesWithItsOwner() throws {
        do {
            let directory = try directories.make()
            try Files.replace(directory.path + "/file", with: [])
            #expect(try names.count == 1)
        }
        #expect(try names.isEmpty)
    }

    @Test func aDirectoryThatIsKeptStays() throws {
        let directory = try directories.make("mine")
        directory.keep()
        #expect(try names == ["mine"])
    }

    @Test func aDirectoryThatWasRenamedStays() throws {
        do {
            let directory = try directories.make("new")
            #expect(rename(directory.path, folder.path + "/done") == 0)
        }
        #expect(try names == ["done"])
    }

    @Test func sweepingRemovesWhatNobodyHolds() throws {
        let held = try directories.make("held")
        try directories.make("left").keep()
        try Files.makeDirectories(folder.path + "/never-locked/inside")
        try Files.replace(folder.path + "/file", with: [])
        directories.sweep()
        #expect(try names == ["held"])
        #expect(Files.exists(held.path))
    }

    @Test func sweepingAsksOnlyForWhatNobodyHolds() throws {
        let held = try directories.make("held")
        try directories.make("known").keep()
        try directories.make("unknown").keep()
        var asked: [String] = []
        directories.sweep { name in
            asked.append(name)
            return name == "known"
        }
        #expect(asked == ["known", "unknown"])
        #expect(try names == ["held", "known"])
        #expect(Files.exists(held.path))
    }

    @Test func aNameIsTakenOnce() throws {
        let first = try directories.make("one")
        #expect(throws: Errno.fileExists) { _ = try directories.make("one") }
        #expect(Files.exists(first.path))
    }

    @Test func aFolderThatIsMissingHasNothingToSweep() {
        directories.sweep()
        #expect(!Files.exists(folder.path))
    }
}
