internal import EngineModel
internal import StateStore

/// Networks that a running container enters and leaves.
extension ContainerRun {
    /// Joins one more network.
    func connect(_ attachment: NetworkAttachment, _ call: PendingCall) {
        change(call, "connect") { (context, record, network) throws(EngineError) in
            try context.networks.join(record, attachment, network)
        }
    }

    /// Leaves a network.
    func disconnect(_ network: String, _ call: PendingCall) {
        change(call, "disconnect") { (context, record, running) throws(EngineError) in
            try context.networks.leave(record, network, running)
        }
    }

    /// - Parameter work: changes the kernel and the record, which it returns.
    private func change(
        _ call: PendingCall, _ action: String,
        _ work:
            @escaping @Sendable (SupervisorContext, ContainerRecord, RunNetwork) throws(EngineError) -> ContainerRecord
    ) {
        guard let network = running?.network else { return call.fail(notRunning()) }
        let (context, id) = (context, id)
        inBackground {
            Result { () throws(EngineError) in
                guard let record = try context.store.container(id: id) else {
                    throw EngineError(.notFound, "container \(id.prefix(12))", "there is no such container")
                }
                let changed = try work(context, record, network)
                context.attempting("read names") { try context.names.refresh() }
                context.note(action, changed)
                return changed
            }
        } then: { [self] result in
            switch result {
            case .success(let record):
                configuration = record.container.configuration
                notifyNeighbours()
                call.answer(.done)
            case .failure(let error): call.fail(error)
            }
        }
    }
}
