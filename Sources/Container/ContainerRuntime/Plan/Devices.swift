internal import CLinux
internal import ContainerModel
internal import Glibc
internal import Primitives
internal import SystemPackage

extension ContainerRuntime {
    /// The host's nodes that a device entry stands for: one, or all of a directory. `place` follows the container path.
    static func hostDevices(of spec: DeviceMapping) throws(RuntimeError) -> [(device: HostDevice, place: String)] {
        let step = "use device \(spec.source)"
        if let device = HostDevice(path: spec.source) { return [(device, "")] }
        var status = stat()
        guard stat(spec.source, &status) == 0 else {
            throw RuntimeError(.invalid, step: step, cause: Errno(rawValue: errno))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw RuntimeError(.invalid, step: step, reason: "it is not a device")
        }
        return HostDevice.devices(below: spec.source).map { ($0, String($0.path.dropFirst(spec.source.count))) }
    }

    /// What the container's device controller lets through.
    static func deviceRules(of spec: ContainerSpec) throws(RuntimeError) -> [DeviceRule] {
        var rules = DeviceRule.defaults
        for entry in spec.devices {
            guard !entry.permissions.isEmpty, entry.permissions.allSatisfy({ "rwm".contains($0) }) else {
                throw RuntimeError(
                    .invalid, container: spec.name, step: "use device \(entry.source)",
                    reason: "permissions are of r, w and m, not \"\(entry.permissions)\"")
            }
            for (device, _) in try RuntimeError.explaining(spec.name, { try hostDevices(of: entry) }) {
                let number = DeviceNumber(device.number)
                rules.append(
                    DeviceRule(device.isBlock ? .block : .character, number.major, number.minor, entry.permissions))
            }
        }
        for line in spec.deviceCgroupRules {
            do throws(GrammarError) {
                rules.append(try DeviceRule(parsing: line))
            } catch {
                throw RuntimeError(
                    .invalid, container: spec.name, step: "apply device rule \"\(line)\"", reason: "it \(error.reason)")
            }
        }
        return rules
    }
}
