internal import ContainerModel
internal import EngineModel
internal import LinuxSystem
internal import Primitives

/// How the file system of a volume is mounted on the host. Prints.
struct VolumeMountPlan: Sendable, Hashable, CustomStringConvertible {
    /// As `/proc/filesystems` calls it.
    let type: String
    /// What fsconfig(2) gets, the source first.
    let options: [MountOption]
    /// Flags of the mount.
    let attributes: MountAttributes

    /// - Parameter resolve: a host's address by its name. The kernel's network file systems want numbers in `addr`.
    /// - Throws: with the name of the host that has no address.
    init(
        type: String, device: String, options: MountOptions, resolve: (String) -> String?
    ) throws(GrammarError) {
        self.type = type
        var settings = [MountOption("source", device)]
        for option in options.others {
            let (key, value) = Self.pair(option)
            settings.append(MountOption(key, value))
        }
        if Self.network.contains(type) {
            if let index = settings.firstIndex(where: { $0.key == "addr" }) {
                settings[index].value = try Self.address(of: settings[index].value, resolve)
            } else if type == "cifs", let server = device.split(separator: "/").first {
                settings.append(MountOption("addr", try Self.address(of: String(server), resolve)))
            }
        }
        self.options = settings
        var attributes: MountAttributes = []
        for flag in options.flags { Self.apply(flag, to: &attributes) }
        self.attributes = attributes
    }

    private static let network: Set<String> = ["nfs", "nfs4", "cifs", "smb3"]

    private static func pair(_ option: String) -> (String, String) {
        guard let equals = option.firstIndex(of: "=") else { return (option, "") }
        return (String(option[..<equals]), String(option[option.index(after: equals)...]))
    }

    private static func address(of host: String, _ resolve: (String) -> String?) throws(GrammarError) -> String {
        if IPAddress(host) != nil { return host }
        guard let address = resolve(host) else { throw GrammarError("has no address", in: host) }
        return address
    }

    /// A new mount has none of them, so the words that turn one off say nothing.
    private static func apply(_ flag: MountFlag, to attributes: inout MountAttributes) {
        switch flag {
        case .ro: attributes.insert(.readOnly)
        case .nosuid: attributes.insert(.noSetuid)
        case .nodev: attributes.insert(.noDevices)
        case .noexec: attributes.insert(.noExecute)
        case .noatime: attributes.insert(.noAccessTime)
        case .strictatime: attributes.insert(.strictAccessTime)
        case .nodiratime: attributes.insert(.noDirectoryAccessTime)
        case .rw, .suid, .dev, .exec, .atime, .diratime, .relatime, .defaults: return
        }
    }

    var description: String {
        let words = options.map(\.description).joined(separator: ",")
        return "\(type) \(words)" + (attributes.isEmpty ? "" : " (\(attributes))")
    }
}
