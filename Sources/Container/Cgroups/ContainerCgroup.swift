public import ContainerModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The control group of one container: `PARENT/ID` in every tree.
///
/// Blocking; any thread. Everything may be repeated.
public struct ContainerCgroup: Sendable, Hashable {
    /// The host's hierarchies.
    public var host: CgroupHost
    /// Absolute below each mount point, without a final slash: `/compose`.
    public var parent: String
    /// The container's id.
    public var id: String

    /// - Parameter parent: nil is `/compose`.
    public init(host: CgroupHost, parent: String?, id: String) throws(CgroupError) {
        let path = (parent ?? "/compose").split(separator: "/")
        guard !path.isEmpty, !path.contains(".."), !path.contains("."), !id.isEmpty, !id.contains("/") else {
            throw CgroupError(
                step: "use cgroup parent \"\(parent ?? "")\"", reason: "it has to be a path below the cgroup mount")
        }
        self.host = host
        self.parent = "/" + path.joined(separator: "/")
        self.id = id
    }

    /// The group's directory in a hierarchy.
    public func path(in hierarchy: CgroupHierarchy) -> String { "\(hierarchy.mountPoint)\(parent)/\(id)" }

    /// Makes the group in all trees and sets limits and devices, before any process is in it.
    ///
    /// - Parameter devices: what may be used; nil is everything.
    public func create(_ limits: ResourceLimits, devices: [DeviceRule]?) throws(CgroupError) {
        do throws(CgroupError) {
            for hierarchy in host.hierarchies { try make(in: hierarchy) }
            try set(limits)
            try restrict(to: devices)
        } catch {
            try? remove()
            throw error
        }
    }

    /// Another start or removal may make or remove the parent at the same time: then it begins again.
    private func make(in hierarchy: CgroupHierarchy) throws(CgroupError) {
        for _ in 0..<100 {
            if try makeOnce(in: hierarchy) { return }
        }
        throw CgroupError(step: "make cgroup \(path(in: hierarchy))", cause: .noSuchFileOrDirectory)
    }

    /// False when a parent vanished meanwhile.
    private func makeOnce(in hierarchy: CgroupHierarchy) throws(CgroupError) -> Bool {
        var path = hierarchy.mountPoint
        if host.isUnified { enableControllers(in: path, of: hierarchy) }
        for name in parent.split(separator: "/") + [Substring(id)] {
            let above = path
            path += "/\(name)"
            if mkdir(path, 0o755) != 0, errno != EEXIST {
                if errno == ENOENT { return false }
                throw CgroupError(step: "make cgroup \(path)", cause: Errno(rawValue: errno))
            }
            if hierarchy.controllers.contains("cpuset"), hierarchy.version == .v1 { copyCpuset(above, path) }
            if host.isUnified, name != Substring(id) { enableControllers(in: path, of: hierarchy) }
        }
        return true
    }

    /// A new cpuset of version 1 is empty and takes no processes.
    private func copyCpuset(_ above: String, _ path: String) {
        for file in ["cpuset.cpus", "cpuset.mems"] {
            guard (Files.text("\(path)/\(file)") ?? "").allSatisfy(\.isWhitespace) else { continue }
            if let value = Files.text("\(above)/\(file)") { try? Files.write(value, to: "\(path)/\(file)") }
        }
    }

    /// One by one: one that cannot be enabled here must not keep the others out.
    private func enableControllers(in path: String, of hierarchy: CgroupHierarchy) {
        let wanted = ["cpu", "cpuset", "memory", "pids", "io"].filter { hierarchy.controllers.contains($0) }
        let enabled = Set((Files.text("\(path)/cgroup.subtree_control") ?? "").split(whereSeparator: \.isWhitespace))
        for name in wanted where !enabled.contains(Substring(name)) {
            try? Files.write("+\(name)", to: "\(path)/cgroup.subtree_control")
        }
    }

    private func set(_ limits: ResourceLimits) throws(CgroupError) {
        let version: CgroupHierarchy.Version = host.isUnified ? .v2 : .v1
        if version == .v2 {
            guard limits.oomKillDisable != true, limits.memorySwappiness == nil, limits.cpuRealtimeRuntime == nil else {
                throw CgroupError(
                    step: "limit resources",
                    reason: "oom_kill_disable, mem_swappiness and cpu_rt_runtime need cgroup version 1",
                    isUnsupported: true)
            }
        }
        for setting in limits.settings(version: version) + (try limits.blockSettings(version: version)) {
            guard let hierarchy = host.hierarchy(of: setting.controller) else {
                throw CgroupError(
                    step: "set \(setting.file)",
                    reason: "this host has no cgroup controller \"\(setting.controller)\"", isUnsupported: true)
            }
            do {
                try Files.write(setting.value, to: "\(path(in: hierarchy))/\(setting.file)")
            } catch {
                if setting.mayBeMissing, error == .noSuchFileOrDirectory || error == .notSupported { continue }
                throw CgroupError(step: "set \(setting.file) to \(setting.value)", cause: error)
            }
        }
    }

    /// Version 1: everything is denied, then the rules allow. Where its controller is not mounted, by a program in the tree
    /// of version 2, whatever else that is used for. A host with neither cannot hold anything back.
    private func restrict(to devices: [DeviceRule]?) throws(CgroupError) {
        guard let devices else { return }
        guard let hierarchy = host.hierarchies.first(where: { $0.controllers.contains("devices") }) else {
            guard unifiedPath != nil else {
                throw CgroupError(
                    step: "restrict devices",
                    reason: "neither the controller \"devices\" of cgroup version 1 nor version 2 is mounted",
                    isUnsupported: true)
            }
            return try restrictByProgram(to: devices)
        }
        let group = path(in: hierarchy)
        do {
            try Files.write("a", to: "\(group)/devices.deny")
            for rule in devices { try Files.write(rule.description, to: "\(group)/devices.allow") }
        } catch {
            throw CgroupError(step: "restrict devices", cause: error)
        }
    }
}
