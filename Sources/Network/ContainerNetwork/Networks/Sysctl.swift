internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Kernel parameters of the calling thread's network namespace.
enum Sysctl {
    /// `path` as below `/proc/sys/net`, such as `ipv4/ip_forward`; nil if there is none.
    static func read(_ path: String) -> String? {
        guard var text = Files.text("/proc/sys/net/" + path) else { return nil }
        while text.last == "\n" { text.removeLast() }
        return text
    }

    /// Writes if the value is not there yet: some parameters do work even for their own value.
    static func set(_ path: String, _ value: String) throws(NetworkError) {
        if read(path) == value { return }
        try NetworkError.explaining("/proc/sys/net/" + path, doing: "cannot be set to \(value)") {
            try Files.write(value, to: "/proc/sys/net/" + path)
        }
    }

    /// For parameters that some kernels lack and that we can do without.
    static func trySet(_ path: String, _ value: String) {
        _ = try? set(path, value)
    }
}
