internal import LinuxSystem

/// AppArmor of a host where it is on: what is loaded, and how more comes to that.
public struct AppArmorHost: Sendable {
    /// Names of the profiles that the kernel knows; nil where this process cannot see them, as in a container.
    public var profiles: @Sendable () -> Set<String>?
    /// The file of apparmor_parser(8), the only one that can load a profile; nil where it is not installed.
    public var parser: String?
    /// Gives a profile to the kernel by that program, or replaces the one of its name.
    public var load: @Sendable (AppArmorProfile, _ parser: String) throws(RuntimeError) -> Void

    public init(
        profiles: @escaping @Sendable () -> Set<String>?, parser: String?,
        load: @escaping @Sendable (AppArmorProfile, _ parser: String) throws(RuntimeError) -> Void
    ) {
        self.profiles = profiles
        self.parser = parser
        self.load = load
    }

    /// Of this host; nil where AppArmor is off or not in the kernel.
    public static func detect() -> AppArmorHost? {
        guard Files.text("/sys/module/apparmor/parameters/enabled")?.hasPrefix("Y") == true else { return nil }
        return AppArmorHost(
            profiles: { Files.text("/sys/kernel/security/apparmor/profiles").map(names(in:)) },
            parser: ["/sbin/apparmor_parser", "/usr/sbin/apparmor_parser"].first { Files.exists($0) },
            load: { profile, parser throws(RuntimeError) in try AppArmorParser(path: parser).load(profile) })
    }

    /// From lines such as `/usr/bin/man (enforce)`.
    static func names(in list: String) -> Set<String> {
        // A name may have spaces; the mode has none.
        Set(list.split(separator: "\n").compactMap { line in line.lastIndex(of: " ").map { String(line[..<$0]) } })
    }

    /// Whether ``AppArmorProfile/standard`` is there, or can be brought there.
    var hasStandard: Bool {
        guard let loaded = profiles() else { return false }
        return parser != nil || loaded.contains(AppArmorProfile.standard.name)
    }

    /// Why containers that ask for nothing are not confined here; nil where they are.
    public var gap: String? {
        if hasStandard { return nil }
        return profiles() == nil
            ? "AppArmor is on, but its profiles cannot be seen from here: containers are not confined by it"
            : "AppArmor is on, but apparmor_parser is not installed (Debian's package apparmor): containers are not confined by it"
    }

    /// The profile that a process is to have; nil is none.
    ///
    /// - Parameters:
    ///   - wanted: what the file says, with `unconfined`; nil when it says nothing.
    ///   - host: nil where AppArmor is off.
    static func profile(
        wanted: String?, isPrivileged: Bool, host: AppArmorHost?
    ) throws(RuntimeError) -> String? {
        let standard = AppArmorProfile.standard.name
        switch wanted {
        case "unconfined": return nil
        case nil:
            return !isPrivileged && host?.hasStandard == true ? standard : nil
        case .some(let name):
            let step = "apply AppArmor profile \"\(name)\""
            guard let host else {
                throw RuntimeError(.unsupported, step: step, reason: "this host has no AppArmor")
            }
            // Where the list cannot be seen the kernel says so itself.
            guard let loaded = host.profiles(), !loaded.contains(name), !(name == standard && host.hasStandard) else {
                return name
            }
            throw RuntimeError(.invalid, step: step, reason: "it is not loaded on this host")
        }
    }

    /// Sees to it that ``AppArmorProfile/standard`` is there. What loads or removes policies on the host may have taken
    /// it away since the last time.
    func loadStandard() throws(RuntimeError) {
        guard let parser, let loaded = profiles(), !loaded.contains(AppArmorProfile.standard.name) else { return }
        try load(.standard, parser)
    }
}
