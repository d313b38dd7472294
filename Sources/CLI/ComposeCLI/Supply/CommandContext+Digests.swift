internal import ComposeModel
internal import EngineModel
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import Synchronization

extension CommandContext {
    /// Adds to every image's name the digest of what it means in its registry now.
    func resolveImages(of project: inout Project) throws {
        var references: [ImageReference] = []
        for service in project.services.values {
            guard let image = service.image else { continue }
            let reference = try ImageReference(image).withDefaultTag
            if reference.digest == nil && !references.contains(reference) { references.append(reference) }
        }
        let digests = try digests(of: references)
        for name in project.serviceNames {
            guard let image = project.services[name]?.image else { continue }
            let reference = try ImageReference(image).withDefaultTag
            project.services[name]?.image = "\(reference)" + (digests[reference].map { "@\($0)" } ?? "")
        }
    }

    private func digests(of references: [ImageReference]) throws -> [ImageReference: Digest] {
        let source = try imageSource()
        let found = Mutex<[ImageReference: Result<Digest, EngineError>]>([:])
        try TaskGraph.run(dependencies: references.map { _ in [] }, limit: try transferLimit) { index in
            let reference = references[index]
            let result: Result<Digest, EngineError>
            do throws(EngineError) {
                result = .success(try source.resolve(reference, cancellation: Cancellation()))
            } catch {
                result = .failure(error)
            }
            found.withLock { $0[reference] = result }
        }
        var digests: [ImageReference: Digest] = [:]
        for (reference, result) in found.withLock(\.self) {
            do throws(EngineError) {
                digests[reference] = try result.get()
            } catch {
                throw CommandError("failed to resolve digest for \(reference): \(error.reason)", hint: error.hint)
            }
        }
        return digests
    }
}
