public import EngineModel
internal import StateStore

extension ImageStore {
    /// How registries know the images that are here: for an image's id `docker.io/library/redis@sha256:…` and so on.
    public func repositoryDigests() throws(EngineError) -> [String: [String]] {
        try store.repositoryDigests()
    }
}
