internal import ContainerModel
internal import Primitives

extension ContainerPlanner {
    /// Kernel parameters, through the container's own procfs and before `/proc/sys` becomes read-only.
    mutating func addSysctls() throws(RuntimeError) {
        var settings: [(parts: [String], value: String, isDefault: Bool)] = []
        for (name, value) in spec.sysctls.sorted(by: { $0.key < $1.key }) {
            settings.append((try parameter(name, value).parts, value, false))
        }
        if spec.namespaces.network == .own {
            let defaults = [
                ("net.ipv4.ip_unprivileged_port_start", "0"), ("net.ipv4.ping_group_range", "0 2147483647"),
            ]
            for (name, value) in defaults where !settings.contains(where: { $0.parts.joined(separator: ".") == name }) {
                settings.append((name.split(separator: ".").map(String.init), value, true))
            }
        }
        for (parts, value, isDefault) in settings {
            plan.add(
                .file(.sysctl(path: "sys/" + parts.joined(separator: "/"), value: value, in: proc)),
                "set sysctl \(parts.joined(separator: ".")) to \"\(value)\"", tolerating: isDefault ? .all : .none)
        }
    }

    /// The parameter, if it belongs to a namespace of the container's own.
    private func parameter(_ name: String, _ value: String) throws(RuntimeError) -> KernelParameter {
        let step = "set sysctl \"\(name)\""
        let parameter: KernelParameter
        do throws(GrammarError) {
            parameter = try KernelParameter(name, value)
        } catch {
            throw RuntimeError(.invalid, step: step, reason: "it \(error.reason)")
        }
        let isOwn =
            switch parameter.namespace {
            case .ipc: spec.namespaces.ipc == .own
            case .network: spec.namespaces.network == .own
            case .uts: spec.namespaces.uts == .own
            }
        guard isOwn else {
            throw RuntimeError(
                .invalid, step: step,
                reason: "the container has no \(parameter.namespace.rawValue) namespace of its own")
        }
        return parameter
    }
}
