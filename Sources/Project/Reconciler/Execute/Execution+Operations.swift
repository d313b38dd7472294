internal import ComposeModel
internal import EngineModel

extension Execution {
    func run(_ operation: Operation) throws {
        let (resource, engine) = (operation.resource, engine)
        switch operation.action {
        case .keep: tell(resource, "Running", .done)
        case .wait(let condition, let service, let containers):
            if !options.dryRun { try wait(condition, service, containers) }
        case .watch(let container, let monitor):
            if !options.dryRun { try watch(container, monitor) }
        case .delay(let time): if !options.dryRun { try pause(time) }
        case .handOver(let old, let new): if !options.dryRun { try engine.handOver(from: old, to: new) }
        case .rollBack(let new, let old, let startsFirst):
            tell(resource, "Rolling back", .working)
            if !options.dryRun { try rollBack(from: new, to: old, startsFirst: startsFirst) }
            tell(resource, "Rolled back", .done)
        case .runHooks(let hooks, let container, let service):
            if !options.dryRun { try runHooks(hooks, container, service) }
        case .createNetwork(let network):
            try step(operation, "Creating", "Created") { try engine.createNetwork(network) }
            for warning in engine.takeWarnings() { tell(resource, "Created", .warning, warning) }
        case .removeNetwork(let name): try remove(operation) { try engine.removeNetwork(name) }
        case .createVolume(let volume):
            try step(operation, "Creating", "Created") { try engine.createVolume(volume) }
        case .removeVolume(let name): try remove(operation) { try engine.removeVolume(name) }
        case .removeImage(let reference):
            try remove(operation) { try engine.removeImage(reference, force: false) }
        case .createContainer(let configuration, let replacing):
            tell(resource, replacing ? "Recreate" : "Creating", .working)
            if !options.dryRun { _ = try engine.createContainer(configuration) }
            if !replacing { tell(resource, "Created", .done) }
            for warning in engine.takeWarnings() { tell(resource, "Created", .warning, warning) }
        case .renameContainer(let container, let name):
            if !options.dryRun { try engine.renameContainer(container, to: name) }
            tell(resource, "Recreated", .done)
        case .startContainer(let name):
            try step(operation, "Starting", "Started") { try engine.startContainer(name, attach: nil) }
        case .stopContainer(let name, let timeout, let shown):
            try step(operation, "Stopping", "Stopped", shown: shown) {
                try engine.stopContainer(name, timeout: timeout)
            }
        case .killContainer(let name, let signal):
            try step(operation, "Killing", "Killed") { try engine.killContainer(name, signal: signal) }
        case .restartContainer(let name, let timeout):
            try step(operation, "Restarting", "Started") { try engine.restartContainer(name, timeout: timeout) }
        case .pauseContainer(let name):
            try step(operation, nil, "Paused") { try engine.pauseContainer(name) }
        case .unpauseContainer(let name):
            try step(operation, nil, "Unpaused") { try engine.unpauseContainer(name) }
        case .removeContainer(let name, let volumes, let shown):
            try step(operation, "Removing", "Removed", shown: shown) {
                try engine.removeContainer(name, force: true, volumes: volumes)
            }
        }
    }

    /// - Parameter begin: nil for what takes no time.
    private func step(
        _ operation: Operation, _ begin: String?, _ end: String, shown: Bool = true, _ body: () throws -> Void
    ) throws {
        if shown, let begin { tell(operation.resource, begin, .working) }
        if !options.dryRun { try body() }
        if shown { tell(operation.resource, end, .done) }
    }

    /// What is still used elsewhere stays, with a warning; what is gone already is fine.
    private func remove(_ operation: Operation, _ body: () throws -> Void) throws {
        tell(operation.resource, "Removing", .working)
        do {
            if !options.dryRun { try body() }
            tell(operation.resource, "Removed", .done)
        } catch let error as EngineError where error.code == .inUse || error.code == .conflict {
            tell(operation.resource, "Resource is still in use", .warning)
        } catch let error as EngineError where error.code == .notFound {
            tell(operation.resource, "Removed", .done)
        }
    }

    private func rollBack(from new: String, to old: String, startsFirst: Bool) throws(EngineError) {
        if startsFirst {
            try engine.startContainer(old, attach: nil)
            try engine.handOver(from: new, to: old)
        }
        do throws(EngineError) {
            try engine.removeContainer(new, force: true, volumes: false)
        } catch {
            if error.code != .notFound { throw error }
        }
        if !startsFirst { try engine.startContainer(old, attach: nil) }
    }

    private func runHooks(_ hooks: [ServiceHook], _ container: String, _ service: String) throws(EngineError) {
        let output = options.hookOutput(container)
        for hook in hooks {
            var request = ExecRequest(arguments: hook.command)
            request.environment = hook.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value ?? "")" }
            request.user = hook.user
            request.privileged = hook.privileged
            request.workingDirectory = hook.workingDir
            request.output = output
            request.error = output
            let status: Int32?
            do throws(EngineError) {
                status = try engine.exec(container, request)
            } catch {
                // A container that has ended by itself needs no farewell.
                if error.code == .notRunning { return }
                throw error
            }
            if let status, status != 0 {
                throw EngineError(.startFailed, "", "\(service) hook exited with status \(status)")
            }
        }
    }
}
