internal import CLinux
internal import ContainerModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The device controller of version 2: an eBPF program that the kernel asks about each access (`linux/bpf.h`,
/// `BPF_PROG_TYPE_CGROUP_DEVICE`).
struct DeviceProgram {
    /// `struct bpf_insn`, each as one number.
    private(set) var instructions: [UInt64] = []

    /// Allows what one of `rules` allows and refuses the rest.
    init(_ rules: [DeviceRule]) {
        // r1 points to the access: kind in the lower half of the first word, what is wanted in the upper; the numbers.
        add(0x61, to: 2, from: 1, offset: 0)
        add(0xbc, to: 3, from: 2)
        add(0x54, to: 2, value: 0xffff)
        add(0x74, to: 3, value: 16)
        add(0x61, to: 4, from: 1, offset: 4)
        add(0x61, to: 5, from: 1, offset: 8)
        for rule in rules { allow(rule) }
        add(0xb7, to: 0, value: 0)
        add(0x95)
    }

    /// The rule's tests; the first that fails leads to the next rule.
    private mutating func allow(_ rule: DeviceRule) {
        var tests: [(code: UInt8, register: UInt8, value: UInt32)] = []
        if rule.kind != .all { tests.append((0x55, 2, rule.kind == .block ? 1 : 2)) }
        var refused: UInt32 = 0
        if !rule.permissions.contains("m") { refused |= 1 }
        if !rule.permissions.contains("r") { refused |= 2 }
        if !rule.permissions.contains("w") { refused |= 4 }
        if refused != 0 { tests.append((0x45, 3, refused)) }
        if let major = rule.major, rule.kind != .all { tests.append((0x55, 4, major)) }
        if let minor = rule.minor, rule.kind != .all { tests.append((0x55, 5, minor)) }
        for (index, test) in tests.enumerated() {
            let distance = tests.count - index - 1 + 2
            add(test.code, to: test.register, offset: UInt16(distance), value: test.value)
        }
        add(0xb7, to: 0, value: 1)
        add(0x95)
    }

    private mutating func add(
        _ code: UInt8, to destination: UInt8 = 0, from source: UInt8 = 0, offset: UInt16 = 0, value: UInt32 = 0
    ) {
        instructions.append(
            UInt64(code) | UInt64(destination) << 8 | UInt64(source) << 12 | UInt64(offset) << 16 | UInt64(value) << 32)
    }
}

extension ContainerCgroup {
    func restrictByProgram(to devices: [DeviceRule]) throws(CgroupError) {
        guard let unifiedPath else { return }
        let instructions = DeviceProgram(devices).instructions
        do throws(Errno) {
            let directory = try Descriptor.open(unifiedPath, O_RDONLY | O_DIRECTORY)
            try systemCall { clinux_attach_device_program(directory.raw, instructions, UInt32(instructions.count)) }
        } catch {
            throw CgroupError(step: "restrict devices", cause: error)
        }
    }
}
