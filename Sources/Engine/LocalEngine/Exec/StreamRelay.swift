internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Copies from one descriptor to another until the end. Both stay their owners'.
enum StreamRelay {
    /// Returns at the end of `source` or when `destination` is closed.
    static func copy(from source: Int32, to destination: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 || !write(buffer, count, to: destination) { return }
        }
    }

    /// Writes the first `count` bytes; false when `destination` takes no more.
    @discardableResult
    static func write(_ bytes: [UInt8], _ count: Int, to destination: Int32) -> Bool {
        var start = 0
        while start < count {
            let written = bytes.withUnsafeBytes { Glibc.write(destination, $0.baseAddress! + start, count - start) }
            if written < 0 && errno == EINTR { continue }
            if written <= 0 { return false }
            start += written
        }
        return true
    }

    /// A pipe whose reading end a new process gets, fed from `source` by a thread that ends with either side.
    ///
    /// The process never gets the caller's own descriptor: it could change the caller's terminal or file position.
    static func feed(from source: Int32) throws(Errno) -> Descriptor {
        let pipe = try Descriptor.pipe()
        let destination = pipe.write.take()
        do throws(Errno) {
            try startThread(name: "stdin") {
                copy(from: source, to: destination)
                close(destination)
            }
        } catch {
            close(destination)
            throw error
        }
        return pipe.read
    }
}
