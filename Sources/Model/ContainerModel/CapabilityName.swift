/// A capability's name (capabilities(7)), as `cap_add` and `cap_drop` take it: with or without `CAP_`, in any case of letters.
public struct CapabilityName: Sendable, Hashable, CustomStringConvertible {
    /// In the kernel's order (linux/capability.h), without `CAP_`.
    public static let all = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]

    /// The kernel's number of it.
    public let number: Int

    /// nil when nothing is called so.
    public init?(_ name: String) {
        guard let number = Self.all.firstIndex(of: Self.short(name)) else { return nil }
        self.number = number
    }

    /// Whether the word stands for all capabilities together.
    public static func meansAll(_ name: String) -> Bool { short(name) == "ALL" }

    /// In upper case and without `CAP_`.
    public static func short(_ name: String) -> String {
        let upper = name.uppercased()
        return upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
    }

    /// Without `CAP_`.
    public var description: String { Self.all[number] }
}
