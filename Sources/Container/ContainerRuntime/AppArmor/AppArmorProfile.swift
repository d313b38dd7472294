/// A policy for AppArmor (apparmor.d(5)).
public struct AppArmorProfile: Sendable, Hashable {
    /// What processes are confined by, as /proc/PID/attr/current shows it.
    public let name: String
    /// What apparmor_parser(8) reads. It includes nothing, so that it works where no policies are installed.
    public let text: String

    /// What containers get when the file does not say otherwise. It takes away what root in a container could reach the
    /// host by if another wall fell: mounts, the kernel's settings, and the processes of others.
    ///
    /// It does what Docker's own profile does, in the same places, so that an image works with both or with neither.
    public static let standard = AppArmorProfile(name: "compose-default", rules: standardRules)

    private init(name: String, rules: String) {
        self.name = name
        text = """
            profile \(name) flags=(attach_disconnected,mediate_deleted) {
            \(rules.replacing("@NAME@", with: name))
            }

            """
    }

    /// The later rule does not win: what is denied stays so, whatever else allows it. A rule for all but one name has a
    /// line for each place at which a path can differ from it.
    private static let standardRules = """
          # Files, programs, sockets and capabilities are the business of the other walls.
          file,
          network,
          capability,
          umount,
          deny mount,

          # Processes: those of containers, and signals from the host.
          signal receive peer=unconfined,
          signal (send, receive) peer=@NAME@,
          ptrace (trace, tracedby, read, readby) peer=@NAME@,

          # What lies in /proc itself, and what is neither a process nor sys there.
          deny /proc/* w,
          deny /proc/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9]*}/** w,
          # All of /proc/sys but kernel/shm*.
          deny /proc/sys/[^k]** w,
          deny /proc/sys/kernel/{?,??,[^s][^h][^m]**} w,
          deny /proc/{kcore,sysrq-trigger} rwklx,

          # All of /sys but control groups.
          deny /sys/[^f]*/** wklx,
          deny /sys/f[^s]*/** wklx,
          deny /sys/fs/[^c]*/** wklx,
          deny /sys/fs/c[^g]*/** wklx,
          deny /sys/fs/cg[^r]*/** wklx,
          # What tells of the firmware, the processor's consumption and the policies themselves.
          deny /sys/{firmware,kernel/security,devices/virtual/powercap}/** rwklx,
        """
}
