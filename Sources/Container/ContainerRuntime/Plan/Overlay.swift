internal import CLaunch
internal import ContainerModel
internal import LinuxSystem
internal import SystemPackage

/// Overlay mounts of unpacked layers (overlayfs in the kernel's documentation).
enum Overlay {
    /// The upper directory may become a layer: nothing in it may refer to this overlay, whatever the kernel's defaults
    /// (all known since Linux 4.19).
    private static let settled = [("redirect_dir", "off"), ("metacopy", "off"), ("index", "off")]

    /// Options for fsconfig(2); `lowerdir+` needs Linux 6.5. Values are taken as they are: no escapes.
    static func options(lower: [String], upper: String?, work: String?) -> [MountOption] {
        var options = [MountOption("source", "overlay")]
        options += lower.map { MountOption("lowerdir+", $0) }
        guard let upper, let work else { return options }
        options += [MountOption("upperdir", upper), MountOption("workdir", work)]
        return options + settled.map { MountOption($0.0, $0.1) }
    }

    /// Options for mount(2), where colons separate and backslashes escape.
    static func data(of root: RootFilesystem) -> String {
        data(lower: root.lowerDirectories, upper: root.upperDirectory, work: root.workDirectory)
    }

    static func data(lower: [String], upper: String?, work: String?) -> String {
        func escaped(_ path: String) -> String {
            var text = ""
            for character in path {
                if character == "\\" || character == ":" || character == "," { text.append("\\") }
                text.append(character)
            }
            return text
        }
        let layers = "lowerdir=" + lower.map(escaped).joined(separator: ":")
        guard let upper, let work else { return layers }
        let settings = settled.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        return "\(layers),upperdir=\(escaped(upper)),workdir=\(escaped(work)),\(settings)"
    }

    /// A detached overlay of several directories, topmost first; it is gone with the descriptor.
    static func mountReadOnly(_ layers: [String]) throws(Errno) -> Descriptor {
        let options = MountOption.encode(options(lower: layers, upper: nil, work: nil))
        let attributes: MountAttributes = [.readOnly, .noSetuid, .noDevices, .noExecute]
        return Descriptor(
            owning: try systemCall {
                options.withUnsafeBytes {
                    claunch_new_mount(
                        "overlay", $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count,
                        UInt32(attributes.rawValue))
                }
            })
    }
}
