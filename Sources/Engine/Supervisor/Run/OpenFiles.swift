internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import StateStore
internal import SystemPackage

/// How many files this process, and the keeper that it forks, may have open: a container takes about ten of them.
enum OpenFiles {
    /// What a supervisor takes if it may: enough for any project.
    private static let wanted: rlim_t = 1 << 20
    /// Numbers that are left to what is under way when another start is refused: a start takes some more for a moment.
    private static let reserve = 256

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

    /// The limit of whoever started this process is that of a command, not of a project. Only who may raises it further
    /// than that (CAP_SYS_RESOURCE).
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        let kernels = Files.text("/proc/sys/fs/nr_open").flatMap { rlim_t($0.prefix { $0.isNumber }) } ?? wanted
        let most = max(limit.rlim_max, min(wanted, kernels))
        var raised = rlimit(rlim_cur: most, rlim_max: most)
        if setrlimit(resource, &raised) == 0 { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }

    /// Refuses a start for which there are not enough numbers: it would fail somewhere in the middle. A new descriptor has
    /// the lowest number that is free.
    static func checkRoom(for record: ContainerRecord) throws(EngineError) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        let most = Int(clamping: UInt64(limit.rlim_cur))
        do throws(Errno) {
            let lowest = try Descriptor.open("/", O_PATH | O_DIRECTORY)
            if Int(lowest.raw) < most - min(reserve, most / 2) { return }
        } catch {
            if error != .tooManyOpenFiles { return }
        }
        throw EngineError(
            .system, "container \(record.name)",
            "the supervisor of project \(record.project) has too many files open to start another container: it may have "
                + "\(most), and each container takes about ten",
            hint: "stop containers of the project, or raise the limit (`ulimit -Hn`) where compose is called")
    }
}
