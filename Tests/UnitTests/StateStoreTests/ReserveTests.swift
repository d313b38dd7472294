import CLinux
import Glibc
import LinuxSystem
import Testing

@testable import StateStore

struct ReserveTests {
    @Test func theReserveIsGivenBackInPartsAndMadeWholeAgain() throws {
        let temporary = try TemporaryStore()
        let directory = temporary.directory
        let reserve = ReserveFile(directory: directory)
        #expect(!reserve.release())
        reserve.make()
        func size() -> Int {
            var status = stat()
            return lstat(directory + "/state.reserve", &status) == 0 ? Int(status.st_size) : -1
        }
        #expect(size() == ReserveFile.size)
        #expect(reserve.release())
        #expect(size() == ReserveFile.size - ReserveFile.part)
        reserve.make()
        #expect(size() == ReserveFile.size)
        var parts = 0
        while reserve.release() { parts += 1 }
        #expect(parts == ReserveFile.size / ReserveFile.part)
        #expect(!reserve.release())
    }
}
