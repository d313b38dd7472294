public import EngineModel
internal import ImageStore

extension LocalEngine {
    public func image(_ reference: String) throws(EngineError) -> Image? {
        try images.find(reference)?.summary
    }

    public func holdImages() throws(EngineError) -> EngineHold { try images.hold() }

    public func removeImage(_ reference: String, force: Bool) throws(EngineError) {
        try images.remove(reference, force: force)
    }
}
