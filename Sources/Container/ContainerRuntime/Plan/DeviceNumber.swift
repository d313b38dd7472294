internal import CLinux

/// A device's type-less number, as in `st_rdev`.
struct DeviceNumber: Sendable, Hashable, CustomStringConvertible {
    var major: UInt32
    var minor: UInt32

    init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    init(_ raw: UInt64) {
        major = clinux_major(raw)
        minor = clinux_minor(raw)
    }

    var raw: UInt64 { clinux_makedev(major, minor) }
    var description: String { "\(major):\(minor)" }
}
