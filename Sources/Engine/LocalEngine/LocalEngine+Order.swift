public import EngineModel
internal import ImageStore
internal import StateStore
internal import Supervisor

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
}
