internal import EngineModel
internal import Primitives
internal import StateStore

extension ContainerRun {
    /// Does the work of `old` from now on: names and published ports. Answers `call` when that is so and recorded.
    func takeOver(from old: ContainerRun, _ call: PendingCall) {
        guard let running else { return call.fail(notRunning()) }
        let takeover = ContainerTakeover(
            context: context, old: old.id, oldNetwork: old.running?.network, new: id, newNetwork: running.network)
        inBackground {
            Result { () throws(EngineError) in try takeover.run() }
        } then: { [self] result in
            switch result {
            case .success:
                notifyNeighbours()
                call.answer(.done)
            case .failure(let error): call.fail(error)
            }
        }
    }
}

/// One container takes the place of another one in its project. Blocks; may be repeated.
struct ContainerTakeover: Sendable {
    let context: SupervisorContext
    let old: String
    /// nil if it does not run.
    let oldNetwork: RunNetwork?
    let new: String
    let newNetwork: RunNetwork

    func run() throws(EngineError) {
        guard let record = try context.store.container(id: new) else {
            throw EngineError(.notFound, "container \(new.prefix(12))", "there is no such container")
        }
        if record.container.configuration.standby != true { return }
        let wanted = record.container.configuration.ports
        let before = try context.store.container(id: old)
        try context.networks.handOverPorts(
            from: oldNetwork, to: newNetwork, wanted,
            wantsSame: before?.container.configuration.ports == wanted, name: record.name)
        _ = try context.store.transaction { () throws(EngineError) -> ContainerRecord? in
            _ = try change(old) { record in
                record.container.configuration.standby = true
                record.container.ports = []
            }
            return try change(new) { record in
                record.container.configuration.standby = nil
                record.container.ports = newNetwork.ports
            }
        }
        try context.names.refresh()
    }

    private func change(_ id: String, _ body: (inout ContainerRecord) -> Void) throws(EngineError) -> ContainerRecord? {
        guard var record = try context.store.container(id: id) else { return nil }
        body(&record)
        try context.store.replace(record)
        return record
    }
}
