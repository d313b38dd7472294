internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

extension Cancellation {
    /// Blocks until the time of the monotonic clock has come, or until this is cancelled.
    ///
    /// - Returns: false if cancelled.
    func wait(until time: Int64) -> Bool {
        guard let pipe = try? Descriptor.pipe() else { return !isCancelled }
        let raw = pipe.write.raw
        let token = onCancel {
            var byte: UInt8 = 0
            _ = write(raw, &byte, 1)
        }
        defer { forget(token) }
        while !isCancelled {
            let rest = time - monotonicNanoseconds()
            if rest <= 0 { return true }
            var ready = pollfd(fd: pipe.read.raw, events: Int16(POLLIN), revents: 0)
            _ = poll(&ready, 1, Int32(min(rest / 1_000_000 + 1, 60_000)))
        }
        return false
    }
}
