public import ContainerModel
public import Primitives

/// What a volume of the driver `local` really is, as its `driver_opts` say in the words of mount(8).
public enum VolumeSource: Sendable, Hashable {
    /// A directory of its own.
    case directory
    /// A directory or file of the host; `flags` are those of the mount.
    case bind(device: String, flags: [MountFlag])
    /// A file system that is mounted while containers use it: `tmpfs`, `nfs`, `cifs` …
    case fileSystem(type: String, device: String, options: MountOptions)

    /// The keys that the driver knows.
    public static let keys = ["device", "o", "size", "type"]

    /// Reads `driver_opts`; the words are those of Docker's driver.
    public init(driverOptions options: [String: String]) throws(GrammarError) {
        for key in options.keys.sorted() where !Self.keys.contains(key) {
            throw GrammarError("invalid option", in: key)
        }
        if let size = options["size"] { throw GrammarError("quota size requested but no quota support", in: size) }
        if options.isEmpty {
            self = .directory
            return
        }
        guard let device = options["device"], !device.isEmpty else {
            throw GrammarError("missing required option", in: "device")
        }
        let type = options["type"] ?? "none"
        let words = (options["o"] ?? "").split(separator: ",").map(String.init)
        if words.contains("bind") || words.contains("rbind") || type == "bind" {
            let parsed = MountOptions(words.filter { $0 != "bind" && $0 != "rbind" }.joined(separator: ","))
            if !device.hasPrefix("/") { throw GrammarError("is not an absolute path", in: device) }
            if let other = parsed.others.first { throw GrammarError("is not an option of a bind", in: other) }
            self = .bind(device: device, flags: parsed.flags)
            return
        }
        guard type != "none", !type.isEmpty else { throw GrammarError("missing required option", in: "type") }
        self = .fileSystem(type: type, device: device, options: MountOptions(words.joined(separator: ",")))
    }
}

extension VolumeConfiguration {
    /// What ``driverOptions`` mean.
    public var source: VolumeSource {
        get throws(EngineError) {
            do throws(GrammarError) {
                return try VolumeSource(driverOptions: driverOptions)
            } catch {
                throw EngineError(.unsupported, "volume \(name)", "driver_opts: \(error.reason): \"\(error.text)\"")
            }
        }
    }
}
