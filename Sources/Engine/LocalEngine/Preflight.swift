internal import EngineModel
internal import Glibc
internal import LinuxSystem

/// The one place that decides whether this user and this host can run containers at all.
enum Preflight {
    static func mayRunContainers() throws(EngineError) {
        if geteuid() != 0 {
            throw EngineError(
                .permission, "compose", "running containers needs root",
                hint: "run it as root, for example with sudo")
        }
    }

    /// Overlayfs is what a container's root is made of.
    static func hasOverlay() throws(EngineError) {
        let known = Files.text("/proc/filesystems") ?? ""
        if known.split(separator: "\n").contains(where: { $0.hasSuffix("\toverlay") }) { return }
        // Loaded on first use as a module: the kernel says so only then.
        let release = Files.text("/proc/sys/kernel/osrelease")?.split(separator: "\n").first.map(String.init) ?? ""
        let modules = Files.text("/lib/modules/\(release)/modules.dep") ?? ""
        if modules.contains("/overlay.ko") { return }
        throw EngineError(
            .missingKernelFeature, "this kernel", "it has no overlayfs",
            hint: "load or enable it: CONFIG_OVERLAY_FS, `modprobe overlay`")
    }
}
