internal import ComposeModel
internal import EngineModel
internal import Primitives

extension Execution {
    func wait(
        _ condition: ServiceDependency.Condition, _ service: String, _ containers: [String]
    ) throws(EngineError) {
        for name in containers { tell("Container \(name)", "Waiting", .working) }
        switch condition {
        case .started: break
        case .healthy: for name in containers { try waitUntilHealthy(name) }
        case .completedSuccessfully: try waitUntilCompleted(service, containers)
        }
    }

    private func waitUntilCompleted(_ service: String, _ containers: [String]) throws(EngineError) {
        for name in containers {
            guard let code = try engine.waitForExit(name, cancellation: options.cancellation) else {
                throw EngineError(.cancelled, "container \(name)", "cancelled")
            }
            if code != 0 {
                throw EngineError(
                    .startFailed, "", "service \"\(service)\" didn't complete successfully: exit \(code)")
            }
            tell("Container \(name)", "Exited", .done)
        }
    }

    /// Looks at the container whenever something happened to it.
    private func waitUntilHealthy(_ name: String) throws(EngineError) {
        let container = try engine.container(name)
        if try isHealthy(container) { return }
        // Events from its start on: what happened between the look above and here is among them.
        let since = container.startedAt ?? container.created
        var failure: EngineError?
        var healthy = false
        let label: [String: String?] = [ProjectLabel.project: container.labels[ProjectLabel.project]]
        try engine.events(labels: label, since: since, until: nil, cancellation: options.cancellation) { event in
            guard event.type == "container", event.id == container.id else { return true }
            do throws(EngineError) {
                healthy = try isHealthy(engine.container(container.id))
            } catch {
                failure = error
            }
            return !healthy && failure == nil
        }
        if let failure { throw failure }
        if !healthy { throw EngineError(.cancelled, "container \(name)", "cancelled") }
    }

    private func isHealthy(_ container: Container) throws(EngineError) -> Bool {
        func failed(_ reason: String) -> EngineError {
            EngineError(.startFailed, "", "dependency failed to start: container \(container.name) \(reason)")
        }
        switch container.state {
        case .exited: throw failed("exited (\(container.exitCode))")
        case .created, .running, .restarting, .paused: break
        }
        switch container.health {
        case .healthy:
            tell("Container \(container.name)", "Healthy", .done)
            return true
        case .unhealthy: throw failed("is unhealthy")
        case .starting: return false
        case nil:
            if container.configuration.healthcheck == nil || container.configuration.healthcheck?.test == ["NONE"] {
                throw failed("has no healthcheck configured")
            }
            return false
        }
    }
}
