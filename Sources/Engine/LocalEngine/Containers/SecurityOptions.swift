internal import ContainerModel
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// `security_opt` entries as values. Both `name=value` and the older `name:value` are understood.
///
/// A seccomp profile is read here, once: the container keeps what the file said when it was created.
struct SecurityOptions: Equatable {
    var noNewPrivileges = false
    var seccomp = SeccompSpec.builtin
    var apparmorProfile: String?
    var unconfinedSystemPaths = false

    init(_ options: [String], container: String) throws(EngineError) {
        for option in options {
            let parts = option.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "=" || $0 == ":" }
            let value = parts.count == 2 ? String(parts[1]) : ""
            switch (String(parts[0]), value) {
            case ("no-new-privileges", ""), ("no-new-privileges", "true"): noNewPrivileges = true
            case ("no-new-privileges", "false"): noNewPrivileges = false
            case ("seccomp", "unconfined"): seccomp = .unconfined
            case ("seccomp", "builtin"): seccomp = .builtin
            case ("seccomp", _) where !value.isEmpty: seccomp = .profile(try Self.profile(value, container))
            case ("apparmor", _) where !value.isEmpty: apparmorProfile = value
            case ("systempaths", "unconfined"): unconfinedSystemPaths = true
            // Containers run without SELinux labels, as docker's do on a host without SELinux.
            case ("label", _): break
            default:
                throw EngineError(
                    .invalid, "container \(container)", "security_opt \"\(option)\" is not known",
                    hint: "the known ones are no-new-privileges, seccomp=…, apparmor=… and systempaths=unconfined")
            }
        }
    }

    /// - Parameter value: the file's absolute path, or the profile itself.
    private static func profile(_ value: String, _ container: String) throws(EngineError) -> String {
        if value.hasPrefix("{") { return value }
        do throws(Errno) {
            return String(decoding: try Files.read(value, limit: 4 << 20), as: UTF8.self)
        } catch {
            throw EngineError(error, "container \(container)", doing: "seccomp profile \(value) cannot be read")
        }
    }
}
