import Glibc
import LinuxSystem
import SystemPackage
import Testing

/// What one process sees of its own lock. That others are kept out, and that it outlasts execve(2), is shown by those
/// of supervisors.
struct ProcessLockTests {
    @Test func aLockIsTakenOverByTheNumberOfItsFile() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/lock"
        guard let lock = try ProcessLock(ifFree: path) else { throw Errno.resourceBusy }
        try lock.keepOverExec()
        #expect(fcntl(lock.raw, F_GETFD) & FD_CLOEXEC == 0)
        let copy = try Descriptor.open(path, O_RDWR).take()
        guard let inherited = ProcessLock(inherited: copy) else { throw Errno.resourceBusy }
        #expect(inherited.raw == copy)
        #expect(fcntl(copy, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func aNumberThatIsNoOpenFileIsNoLock() {
        let isLock = ProcessLock(inherited: 99_999) != nil
        #expect(!isLock)
    }

    @Test func aLockFileThatWasRemovedIsNotNamedAnyMore() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/lock"
        guard let lock = try ProcessLock(ifFree: path) else { throw Errno.resourceBusy }
        let before = lock.isNamed(path)
        unlink(path)
        let after = lock.isNamed(path)
        try Files.replace(path, with: [])
        let replaced = lock.isNamed(path)
        #expect([before, after, replaced] == [true, false, false])
    }
}
