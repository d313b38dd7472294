public import EngineModel
internal import ImageStore
internal import StateStore
internal import Supervisor
internal import Synchronization

extension LocalEngine {
    public func findings() throws(EngineError) -> [Finding] {
        let broken = try images.list().filter { !images.isWhole($0) }.map { image in
            Finding(
                .image, image.summary.tags.first ?? image.id, at: layout.layers,
                "layers of it are missing; pull, build or load it again")
        }
        return try Reconciliation(store).findings() + broken
    }

    public func reconcile() throws(EngineError) -> [Finding] { try Reconciliation(store).run() }

    /// Clears up after commands that were killed, once in the life of a command that removes something. What cannot be
    /// cleared up now is by a later one.
    func sweepOnce() {
        let isFirst = swept.withLock { swept in
            defer { swept = true }
            return !swept
        }
        if isFirst { _ = try? reconcile() }
    }
}
