internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

extension ContainerCgroup {
    /// The files a process writes "0" to in order to be in the group, tree by tree; not that of version 2.
    public var membershipFilesV1: [String] {
        host.hierarchies.filter { $0.version == .v1 }.map { "\(path(in: $0))/cgroup.procs" }
    }

    /// The group's directory in the tree of version 2.
    public var unifiedPath: String? { host.unified.map { path(in: $0) } }

    /// The tree in which processes are looked for.
    private var mainPath: String? {
        (host.unified ?? host.hierarchy(of: "freezer") ?? host.hierarchies.first).map { path(in: $0) }
    }

    /// Pids of all processes in the group and below, in the host's namespace.
    public func processes() -> [Int32] {
        guard let mainPath else { return [] }
        return Self.groups(below: mainPath).flatMap { group in
            (Files.text("\(group)/cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }
        }.sorted()
    }

    /// The group and all below it, parents first.
    private static func groups(below path: String) -> [String] {
        var all = [path]
        for name in (try? Files.list(path)) ?? [] {
            var status = stat()
            let child = "\(path)/\(name)"
            if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { all += groups(below: child) }
        }
        return all
    }

    /// Freezes or thaws all processes; returns when they stand still.
    public func setFrozen(_ frozen: Bool) throws(CgroupError) {
        let step = frozen ? "pause the processes" : "resume the processes"
        do {
            if let hierarchy = host.hierarchies.first(where: { $0.controllers.contains("freezer") }) {
                let file = "\(path(in: hierarchy))/freezer.state"
                try setState(file, frozen ? "FROZEN" : "THAWED", step: step) {
                    $0.hasPrefix(frozen ? "FROZEN" : "THAWED")
                }
            } else if let unifiedPath {
                try Files.write(frozen ? "1" : "0", to: "\(unifiedPath)/cgroup.freeze")
                let stands = try Files.wait(
                    for: "\(unifiedPath)/cgroup.events", deadline: monotonicNanoseconds() + Self.patience
                ) { $0.contains("frozen \(frozen ? 1 : 0)") }
                if !stands { throw Self.restless(step) }
            } else {
                throw CgroupError(step: step, reason: "this host has no freezer", isUnsupported: true)
            }
        } catch let error as CgroupError {
            throw error
        } catch {
            throw CgroupError(step: step, cause: error as? Errno)
        }
    }

    /// Version 1 may need the word repeated while processes fork. After two seconds it is thawed again.
    private func setState(
        _ file: String, _ state: String, step: String, until reached: (String) -> Bool
    ) throws {
        let stands = try Polling.wait(
            every: 1_000_000, deadline: monotonicNanoseconds() + Self.patience,
            because: "the freezer of version 1 wants to be told again, and tells nobody"
        ) {
            try Files.write(state, to: file)
            return reached(Files.text(file) ?? "")
        }
        if stands { return }
        try? Files.write("THAWED", to: file)
        throw Self.restless(step)
    }

    /// Nanoseconds that processes may take to stand still.
    private static let patience: Int64 = 2_000_000_000

    private static func restless(_ step: String) -> CgroupError {
        CgroupError(step: step, reason: "they did not stand still within 2 seconds")
    }

    /// Whether ``setFrozen(_:)`` is in force.
    public var isFrozen: Bool {
        if let hierarchy = host.hierarchies.first(where: { $0.controllers.contains("freezer") }) {
            return (Files.text("\(path(in: hierarchy))/freezer.state") ?? "").hasPrefix("FROZEN")
        }
        return unifiedPath.flatMap { Files.text("\($0)/cgroup.freeze") }?.hasPrefix("1") ?? false
    }

    /// Kills all processes in the group. Frozen ones are thawed so that they can die.
    public func kill() throws(CgroupError) {
        var killed = false
        if let unifiedPath {
            killed = (try? Files.write("1", to: "\(unifiedPath)/cgroup.kill")) != nil
        }
        if !killed {
            // Without cgroup.kill: again until a pass finds nobody, since they may fork meanwhile.
            for _ in 0..<100 {
                let pids = processes()
                if pids.isEmpty { break }
                for pid in pids { Glibc.kill(pid, SIGKILL) }
                if isFrozen { break }
            }
        }
        if isFrozen { try setFrozen(false) }
    }

    /// Kills what is left, removes the group from all trees, and the parent when that is empty and ours.
    public func remove() throws(CgroupError) {
        let existing = host.hierarchies.map { path(in: $0) }.filter { Files.exists($0) }
        guard !existing.isEmpty else { return }
        if !processes().isEmpty { try kill() }
        for path in existing {
            for group in Self.groups(below: path).reversed() { try removeGroup(group) }
        }
        guard parent == "/compose" else { return }
        for hierarchy in host.hierarchies { rmdir(hierarchy.mountPoint + parent) }
    }

    /// Processes that were killed still count for a moment.
    private func removeGroup(_ path: String) throws(CgroupError) {
        let step = "remove cgroup \(path)"
        let isGone = try Polling.wait(
            every: 200_000, upTo: 20_000_000, deadline: monotonicNanoseconds() + 5_000_000_000,
            because: "version 1 does not tell when the last process has left"
        ) { () throws(CgroupError) in
            if rmdir(path) == 0 || errno == ENOENT { return true }
            if errno != EBUSY { throw CgroupError(step: step, cause: Errno(rawValue: errno)) }
            return false
        }
        if !isGone { throw CgroupError(step: step, cause: .resourceBusy) }
    }
}
