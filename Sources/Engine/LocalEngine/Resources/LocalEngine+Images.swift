public import EngineModel
internal import ImageStore

extension LocalEngine {
    public func image(_ reference: String) throws(EngineError) -> Image? {
        guard let image = try images.resolve(reference), images.isWhole(image) else { return nil }
        return image.summary
    }

    public func removeImage(_ reference: String, force: Bool) throws(EngineError) {
        try images.remove(reference, force: force)
    }
}
