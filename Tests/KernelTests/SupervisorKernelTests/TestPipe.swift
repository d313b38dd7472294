import CLinux
import Glibc
import LinuxSystem

/// A pipe for a test to talk through; both ends are closed with it.
final class TestPipe {
    let read: Int32
    private(set) var write: Int32

    init() throws {
        let pipe = try Descriptor.pipe()
        read = pipe.read.take()
        write = pipe.write.take()
    }

    deinit {
        close(read)
        if write >= 0 { close(write) }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(write, bytes, bytes.count)
    }

    func closeWrite() {
        close(write)
        write = -1
    }

    /// What was written so far, once nobody writes any more.
    func received() -> String {
        if write >= 0 { closeWrite() }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(read, &buffer, buffer.count)
            if count <= 0 { break }
            all += buffer.prefix(count)
        }
        return String(decoding: all, as: UTF8.self)
    }
}
