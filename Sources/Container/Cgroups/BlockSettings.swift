internal import CLinux
public import ContainerModel
internal import Glibc
internal import SystemPackage

extension ResourceLimits {
    /// The settings of block devices; the device files are looked up on the host.
    public func blockSettings(version: CgroupHierarchy.Version) throws(CgroupError) -> [CgroupSetting] {
        var settings: [CgroupSetting] = []
        if let blkioWeight, blkioWeight > 0 {
            settings.append(
                version == .v1
                    ? CgroupSetting("blkio", "blkio.bfq.weight", "\(blkioWeight)", mayBeMissing: true)
                    : CgroupSetting("io", "io.bfq.weight", "\(blkioWeight)", mayBeMissing: true))
        }
        for device in blkioWeightDevices {
            let line = "\(try Self.number(of: device.path)) \(device.value)"
            settings.append(
                version == .v1
                    ? CgroupSetting("blkio", "blkio.bfq.weight_device", line, mayBeMissing: true)
                    : CgroupSetting("io", "io.bfq.weight", line, mayBeMissing: true))
        }
        let rates: [(devices: [BlkioDevice], v1: String, v2: String)] = [
            (blkioReadBps, "blkio.throttle.read_bps_device", "rbps"),
            (blkioWriteBps, "blkio.throttle.write_bps_device", "wbps"),
            (blkioReadIOPS, "blkio.throttle.read_iops_device", "riops"),
            (blkioWriteIOPS, "blkio.throttle.write_iops_device", "wiops"),
        ]
        for rate in rates {
            for device in rate.devices {
                let number = try Self.number(of: device.path)
                settings.append(
                    version == .v1
                        ? CgroupSetting("blkio", rate.v1, "\(number) \(device.value)")
                        : CgroupSetting("io", "io.max", "\(number) \(rate.v2)=\(device.value)"))
            }
        }
        return settings
    }

    /// `MAJOR:MINOR` of a block device file.
    private static func number(of path: String) throws(CgroupError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CgroupError(step: "find block device \(path)", cause: Errno(rawValue: errno))
        }
        guard status.st_mode & S_IFMT == S_IFBLK else {
            throw CgroupError(step: "limit \(path)", reason: "it is not a block device")
        }
        let device = UInt64(status.st_rdev)
        return "\(clinux_major(device)):\(clinux_minor(device))"
    }
}
