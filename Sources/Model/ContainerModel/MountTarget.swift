public import Primitives

/// Where something may be mounted in a container.
public enum MountTarget {
    /// Files that stand-ins such as lxcfs may cover.
    private static let coverable: Set<String> = [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime",
        "/proc/loadavg", "/proc/slabinfo", "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
    ]

    /// `path` without `.`, `..` and repeated slashes; absolute, not the root, not where the kernel's own files are.
    public static func clean(_ path: String) throws(GrammarError) -> String {
        guard path.hasPrefix("/") else { throw GrammarError("mount path must be absolute", in: path) }
        let clean = cleanPath(path)
        guard clean != "/" else { throw GrammarError("destination can't be '/'", in: path) }
        if clean == "/proc" || clean.hasPrefix("/proc/"), !coverable.contains(clean) {
            throw GrammarError("it would cover the kernel's files in /proc", in: path)
        }
        return clean
    }
}
