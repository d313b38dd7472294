internal import ContainerModel
internal import LinuxSystem

/// What flags change of a mount: each later word wins over the earlier ones.
struct MountChange {
    private(set) var set: MountAttributes = []
    private(set) var clear: MountAttributes = []

    init(_ flags: [MountFlag]) {
        for flag in flags { apply(flag) }
    }

    mutating func apply(_ flag: MountFlag) {
        switch flag {
        case .ro: turnOn(.readOnly)
        case .rw: turnOff(.readOnly)
        case .nosuid: turnOn(.noSetuid)
        case .suid: turnOff(.noSetuid)
        case .nodev: turnOn(.noDevices)
        case .dev: turnOff(.noDevices)
        case .noexec: turnOn(.noExecute)
        case .exec: turnOff(.noExecute)
        case .nodiratime: turnOn(.noDirectoryAccessTime)
        case .diratime: turnOff(.noDirectoryAccessTime)
        case .noatime: setAccessTimes(.noAccessTime)
        case .strictatime: setAccessTimes(.strictAccessTime)
        case .relatime, .atime: setAccessTimes([])
        case .defaults: return
        }
    }

    private mutating func turnOn(_ attribute: MountAttributes) {
        set.insert(attribute)
        clear.remove(attribute)
    }

    private mutating func turnOff(_ attribute: MountAttributes) {
        set.remove(attribute)
        clear.insert(attribute)
    }

    /// The kernel takes one of these, and only together with clearing the whole field. None is `relatime`.
    private mutating func setAccessTimes(_ attribute: MountAttributes) {
        set.subtract([.noAccessTime, .strictAccessTime])
        set.formUnion(attribute)
        clear.formUnion(.accessTimes)
    }
}
