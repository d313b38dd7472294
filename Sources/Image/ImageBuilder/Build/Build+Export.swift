internal import EngineModel
internal import FoundationEssentials
internal import ImageModel
internal import ImageStore

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
        let image = try progress.step("exporting to image") { id in
            progress.send(.progress(id: id, item: "exporting layers", current: 0, total: 0))
            var document = try document(configuration)
            if request.wantsInlineCache {
                document = try records.minimal(configuration.diffIDs).embedded(in: document)
            }
            let image = try builder.store.register(NewImage(document: document, names: names), lease)
            if !request.annotations.isEmpty { try annotate(image, document, lease) }
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

    /// Gives the image a manifest with annotations; for that its layers are compressed now.
    private func annotate(_ id: String, _ document: [UInt8], _ lease: ContentLease) throws(EngineError) {
        guard let image = try builder.store.resolve(id) else { return }
        var manifest = try builder.store.blobs(of: image, lease).manifest
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            manifest.removeLast()
            manifest += Array(",\"annotations\":".utf8) + Array(try encoder.encode(request.annotations))
            manifest.append(UInt8(ascii: "}"))
        } catch {
            throw EngineError(.invalid, "annotations", "they cannot be written as JSON: \(error)")
        }
        try builder.store.register(NewImage(document: document, manifest: manifest), lease)
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
