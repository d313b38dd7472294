internal import ComposeModel

extension Service {
    /// The services whose containers' namespaces this one's are in (`service:NAME`).
    var sharedServices: Set<String> {
        Set(
            [networkMode, pid, ipc, uts, cgroup].compactMap { mode in
                guard let mode, mode.hasPrefix("service:") else { return nil }
                return String(mode.dropFirst(8))
            })
    }
}
