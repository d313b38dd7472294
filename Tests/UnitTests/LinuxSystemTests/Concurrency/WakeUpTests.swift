import LinuxSystem
import Primitives
import SystemPackage
import Testing

struct WakeUpTests {
    @Test func onceFiredItEndsAllWaits() throws {
        let wake = try WakeUp()
        let pipe = try Descriptor.pipe()
        wake.fire()
        wake.wait()
        #expect(wake.wait(for: pipe.read.raw) == .fired)
        #expect(wake.wait(for: pipe.read.raw) == .fired)
        try pipe.write.writeAll([1])
    }

    @Test func whatIsReadableEndsAWait() throws {
        let wake = try WakeUp()
        let pipe = try Descriptor.pipe()
        try pipe.write.writeAll([1])
        #expect(wake.wait(for: pipe.read.raw) == .readable)
    }

    @Test func theTimeEndsAWait() throws {
        let wake = try WakeUp()
        let pipe = try Descriptor.pipe()
        #expect(wake.wait(for: pipe.read.raw, milliseconds: 1) == .timedOut)
        try pipe.write.writeAll([1])
    }

    @Test func aCancellationEndsAWait() throws {
        let wake = try WakeUp()
        let pipe = try Descriptor.pipe()
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(wake.wait(for: pipe.read.raw, cancellation) == .fired)
        try pipe.write.writeAll([1])
    }
}
