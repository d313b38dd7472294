import Glibc
import LinuxSystem
import StateStore
import SystemPackage

/// Stores on an ext4 of their own, whose power can be cut: what the kernel has not written to the disk is gone then, and
/// so is the run root. Removed with the value.
final class LossyDisk {
    let folder: String
    private var mountPoint: String { "\(folder)/disk" }
    private var boots = 0

    var layout: DataLayout { DataLayout(dataRoot: "\(mountPoint)/data", runRoot: "\(folder)/run-\(boots)") }

    init() throws {
        folder = "/tmp/compose-disk-\(getpid())-\(monotonicNanoseconds())"
        try Files.makeDirectories("\(folder)/disk")
        let file = try Descriptor.open("\(folder)/image", O_RDWR | O_CREAT)
        try systemCall { ftruncate(file.raw, 128 << 20) }
        try Self.run("mkfs.ext4", "-q", "-F", "\(folder)/image")
        try Self.run("mount", "-o", "loop", "\(folder)/image", mountPoint)
    }

    deinit {
        umount2(mountPoint, Int32(MNT_DETACH))
        try? Files.removeTree(folder)
    }

    /// Opened anew each time, as by another process.
    func state() throws -> StateStore { try StateStore(layout) }

    /// Writes to the disk what names files have, but not what is in them: what the kernel does after some seconds.
    func syncNames() throws {
        let file = try Descriptor.open("\(mountPoint)/names", O_RDWR | O_CREAT)
        try systemCall { fsync(file.raw) }
    }

    /// EXT4_IOC_SHUTDOWN without flushing the journal, then a start of the machine.
    func cutPower() throws {
        let call = "my $f = pack('L', 2); sysopen(D, $ARGV[0], 0) && ioctl(D, 0x8004587d, $f) || die $!"
        try Self.run("perl", "-e", call, mountPoint)
        try Self.run("umount", mountPoint)
        boots += 1
        try Self.run("mount", "-o", "loop", "\(folder)/image", mountPoint)
    }

    private static func run(_ words: String...) throws {
        let launch = ProgramLaunch(words[0], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
        let code = try launch.start(Array(words.dropFirst())).wait()
        if code != 0 { throw Failure(description: "\(words.joined(separator: " ")) ended with \(code)") }
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}
