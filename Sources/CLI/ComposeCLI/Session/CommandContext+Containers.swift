internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import Reconciler

extension CommandContext {
    /// The projects of this host that have containers, by name; one-off containers are among these.
    func projects() throws -> [(name: String, containers: [Container])] {
        let found = try engine().containers(labels: [ProjectLabel.project: nil, ProjectLabel.configHash: nil])
        return Dictionary(grouping: found) { $0.labels[ProjectLabel.project] ?? "" }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The project's containers, those of `services` if any are named; one-off ones last. Fails with
    /// `no such service` for a name that the file does not have.
    func containers(of services: [String], oneOffs: Bool = false) throws -> (project: String, found: [Container]) {
        let (project, name) = try projectOrName()
        if let project { try check(services, in: project) }
        let labels: [String: String?] = [ProjectLabel.project: name, ProjectLabel.configHash: nil]
        let found = try engine().containers(labels: labels).filter { container in
            (oneOffs || !container.isOneOff) && (services.isEmpty || services.contains(container.service))
        }
        let sorted = found.sorted { left, right in
            if left.isOneOff != right.isOneOff { return !left.isOneOff }
            return left.service == right.service ? left.number < right.number : left.service < right.service
        }
        return (name, sorted)
    }

    /// One container of a service: the replica with this number (0: the lowest).
    ///
    /// - Parameter running: whether it has to run.
    func container(of service: String, index: Int, running: Bool) throws -> Container {
        let candidates = try containers(of: [service], oneOffs: true).found.filter { container in
            (!running || container.isRunning) && (index == 0 || container.number == index)
        }
        if let first = candidates.first { return first }
        if index != 0 { throw CommandError("service \"\(service)\" is not running container #\(index)") }
        throw CommandError(
            running ? "service \"\(service)\" is not running" : "no container found for service \"\(service)\"")
    }
}
