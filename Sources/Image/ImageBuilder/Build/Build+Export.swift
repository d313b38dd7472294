internal import Engine
internal import ImageStore
internal import OCIImage

extension Build {
    /// Makes an image of the target's result, names it, and passes the cache on where that is asked for.
    func export(
        _ plan: BuildPlan, _ results: [Int: StageResult], keys: DefinitionKeys, _ lease: ContentLease
    ) throws(EngineError) -> BuiltImage {
        guard let target = plan.stages[plan.target] else {
            throw EngineError(.invalid, "build", "the target was not planned")
        }
        var configuration = target.configuration(results, plan: plan, epoch: request.epoch)
        for (key, value) in request.labels { configuration.execution.labels[key] = value }
        let records = CacheRecords(plan, results, keys: keys)
        let names = request.tags.map(\.withDefaultTag)
        let image = try progress.step("exporting to image") { id throws(EngineError) in
            progress.send(.progress(id: id, item: "exporting layers", current: 0, total: 0))
            var document = try document(configuration)
            if request.cacheTo.contains(where: { $0.kind == .inline }) || request.arguments["BUILDKIT_INLINE_CACHE"] == "1"
            {
                document = try records.minimal(configuration.diffIDs).embedded(in: document)
            }
            let image = try builder.store.register(
                NewImage(document: document, manifest: nil, names: names, repositoryDigests: []), lease)
            progress.send(.progress(id: id, item: "writing image \(image)", current: 0, total: 0))
            for name in names {
                progress.send(.progress(id: id, item: "naming to \(name)", current: 0, total: 0))
            }
            return image
        }
        try builder.caches.export(
            records, image: configuration, to: request.cacheTo, lease: lease, progress: progress,
            cancellation: cancellation)
        return BuiltImage(id: image, names: names)
    }

    private func document(_ configuration: ImageConfiguration) throws(EngineError) -> [UInt8] {
        do throws(ImageFormatError) {
            try configuration.execution.validate()
            return try configuration.json()
        } catch {
            throw EngineError(.invalid, error.subject, error.reason)
        }
    }
}
