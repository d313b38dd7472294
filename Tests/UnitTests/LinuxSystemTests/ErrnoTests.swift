import LinuxSystem
import Primitives
import SystemPackage
import Testing

struct ErrnoTests {
    @Test func theKernelsAnswerFitsIntoASentence() {
        #expect(Errno.noSuchFileOrDirectory.reason == "no such file or directory")
        #expect(Errno.noSuchFileOrDirectory.subject.isEmpty)
    }

    @Test func fullDisksAndMissingRightsAreToldApart() {
        #expect(Errno.diskQuotaExceeded.category == .noSpace)
        #expect(Errno.notPermitted.category == .permission)
        #expect(Errno.noSuchFileOrDirectory.category == .system)
    }
}
