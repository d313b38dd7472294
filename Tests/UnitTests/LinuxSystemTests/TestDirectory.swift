import Glibc
import LinuxSystem
import SystemPackage

/// An empty directory for one test, removed with the value.
struct TestDirectory: ~Copyable {
    let path: String

    init() throws {
        path = "/tmp/linux-system-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        try Files.makeDirectories(path)
    }

    deinit { try? Files.removeTree(path) }
}

/// Half a minute from now: what has not happened until then does not happen.
func patience() -> Int64 { monotonicNanoseconds() + 30_000_000_000 }
