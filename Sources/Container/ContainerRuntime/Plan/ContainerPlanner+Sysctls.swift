internal import ContainerModel

extension ContainerPlanner {
    /// Kernel parameters, through the container's own procfs and before `/proc/sys` becomes read-only.
    mutating func addSysctls() throws(RuntimeError) {
        var settings: [(parts: [Substring], value: String, isDefault: Bool)] = []
        for (name, value) in spec.sysctls.sorted(by: { $0.key < $1.key }) {
            settings.append((try canonicalSysctl(name, value), value, false))
        }
        if spec.namespaces.network == .own {
            let defaults = [
                ("net.ipv4.ip_unprivileged_port_start", "0"), ("net.ipv4.ping_group_range", "0 2147483647"),
            ]
            for (name, value) in defaults where !settings.contains(where: { $0.parts.joined(separator: ".") == name }) {
                settings.append((name.split(separator: "."), value, true))
            }
        }
        for (parts, value, isDefault) in settings {
            plan.add(
                .file(.sysctl(path: "sys/" + parts.joined(separator: "/"), value: value, in: proc)),
                "set sysctl \(parts.joined(separator: ".")) to \"\(value)\"", tolerating: isDefault ? .all : .none)
        }
    }

    /// The parts of its name, if it belongs to a namespace of the container's own.
    private func canonicalSysctl(_ name: String, _ value: String) throws(RuntimeError) -> [Substring] {
        let step = "set sysctl \"\(name)\""
        // With a slash before any dot it is the path form, whose dots are part of names (interfaces such as eth0.1).
        let first = name.first { $0 == "." || $0 == "/" }
        let parts = name.split(separator: first == "/" ? "/" : ".", omittingEmptySubsequences: false)
        let isClean =
            parts.count > 1
            && parts.allSatisfy { part in
                !part.isEmpty && part != ".." && part != "." && !part.contains("/")
                    && part.utf8.allSatisfy { $0 > 32 && $0 < 127 }
            }
        guard isClean, !value.utf8.contains(where: { $0 == 0 || $0 == 10 }) else {
            throw RuntimeError(
                .invalid, step: step, reason: "it has to be like \"net.core.somaxconn\" with a one-line value")
        }
        let dotted = parts.joined(separator: ".")
        let ipc: Set<String> = [
            "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
            "kernel.shmmni", "kernel.shm_rmid_forced",
        ]
        let needed: (kind: String, isOwn: Bool)
        if ipc.contains(dotted) || dotted.hasPrefix("fs.mqueue.") {
            needed = ("ipc", spec.namespaces.ipc == .own)
        } else if dotted.hasPrefix("net.") {
            needed = ("network", spec.namespaces.network == .own)
        } else if dotted == "kernel.domainname" {
            needed = ("uts", spec.namespaces.uts == .own)
        } else {
            throw RuntimeError(.invalid, step: step, reason: "it would change the host, not only the container")
        }
        guard needed.isOwn else {
            throw RuntimeError(.invalid, step: step, reason: "the container has no \(needed.kind) namespace of its own")
        }
        return parts
    }
}
