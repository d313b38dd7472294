internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import Primitives

/// Finds the images that a build begins from, and fetches those that are not here.
struct BaseImages {
    let store: ImageStore
    let lease: ContentLease
    let pull: ImageBuilder.Pull
    /// Asks the registry also for those that are here.
    let always: Bool
    let progress: BuildProgress
    let cancellation: Cancellation

    /// - Parameter name: a reference, or `sha256:…` for an id.
    func image(_ name: String) throws(EngineError) -> BaseImage {
        if name.hasPrefix("sha256:") {
            guard let found = try leased(name) else {
                throw EngineError(.notFound, "image \(name)", "there is no such image")
            }
            return found
        }
        let reference: ImageReference
        do throws(ImageFormatError) {
            reference = try ImageReference(name).withDefaultTag
        } catch {
            throw EngineError(.invalid, error.subject, error.reason)
        }
        return try progress.step("[internal] load metadata for \(reference)") { id in
            if !always, let found = try leased(reference.description) { return found }
            let progress = progress
            try pull(reference, cancellation) { item, current, total in
                progress.send(.progress(id: id, item: item, current: current, total: total))
            }
            guard let found = try leased(reference.description) else {
                throw EngineError(.notFound, "image \(reference.familiar)", "it was removed while it was needed")
            }
            return found
        }
    }

    /// The image with all its layers held; nil if it is not here completely.
    private func leased(_ name: String) throws(EngineError) -> BaseImage? {
        guard let found = try store.resolve(name) else { return nil }
        try store.keep(found, lease)
        let document = try store.configurationDocument(of: found)
        let configuration: ImageConfiguration
        do throws(ImageFormatError) {
            configuration = try ImageConfiguration(json: document)
        } catch {
            throw EngineError(.invalid, "image \(name)", error.description)
        }
        let platform = Platform(architecture: configuration.architecture, os: configuration.os)
        guard platform.runsHere else {
            throw EngineError(
                .unsupported, "image \(name)", "it is made for \(platform), and this machine is \(Platform.host)")
        }
        for layer in configuration.diffIDs where try !store.hasLayer(layer, lease) { return nil }
        return BaseImage(id: found.id, configuration: configuration)
    }
}
