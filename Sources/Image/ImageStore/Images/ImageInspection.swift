internal import Archive
public import EngineModel
internal import FoundationEssentials
internal import ImageModel
public import Primitives

/// What `image inspect` tells about an image, with the member names of Docker's API.
public struct ImageInspection: Encodable, Sendable {
    struct Config: Encodable {
        var User: String
        var ExposedPorts: [String: Nothing]?
        var Env: [String]
        var Cmd: [String]?
        var Healthcheck: Check?
        var Volumes: [String: Nothing]?
        var WorkingDir: String
        var Entrypoint: [String]?
        var Labels: [String: String]?
        var StopSignal: String?
        var Shell: [String]?
    }

    struct Check: Encodable {
        var Test: [String]
        var Interval: Int64?
        var Timeout: Int64?
        var StartPeriod: Int64?
        var StartInterval: Int64?
        var Retries: Int?
    }

    struct Nothing: Encodable {}

    struct Root: Encodable {
        var `Type` = "layers"
        var Layers: [String]
    }

    struct Stamp: Encodable {
        var LastTagTime: String
    }

    var Id: String
    var RepoTags: [String]
    var RepoDigests: [String] = []
    var Comment: String
    var Created: String?
    var Author: String
    var Config: Config
    var Architecture: String
    var Variant: String?
    var Os: String
    var Size: Int64
    var RootFS: Root
    var Metadata: Stamp
}

/// One line of `image history`, the newest first.
public struct ImageHistoryEntry: Sendable, Hashable {
    /// The image's id for the topmost entry, else nil.
    public var id: String?
    /// From the configuration's history; nil where it does not say.
    public var created: Instant?
    /// The command or instruction of the step; empty for a layer that the history does not list.
    public var createdBy: String
    /// As the builder left it, such as `buildkit.dockerfile.v0`; mostly empty.
    public var comment: String
    /// Bytes of the layer that it made.
    public var size: Int64
}

extension ImageStore {
    /// What is known of an image.
    public func inspect(_ reference: String) throws(EngineError) -> ImageInspection {
        guard let image = try resolve(reference) else { throw Self.notFound(reference) }
        let configuration = try configuration(of: image)
        return ImageInspection(
            Id: image.id, RepoTags: image.summary.tags, RepoDigests: image.repositoryDigests,
            Comment: configuration.history.last?.comment ?? "",
            Created: configuration.created?.rfc3339, Author: configuration.author ?? "",
            Config: ImageInspection.Config(configuration.execution), Architecture: configuration.architecture,
            Variant: configuration.variant, Os: configuration.os, Size: image.summary.size,
            RootFS: ImageInspection.Root(Layers: image.diffIDs.map(\.description)),
            Metadata: ImageInspection.Stamp(LastTagTime: image.summary.stored.rfc3339))
    }

    /// How an image was made, the newest step first.
    public func history(of reference: String) throws(EngineError) -> [ImageHistoryEntry] {
        guard let image = try resolve(reference) else { throw Self.notFound(reference) }
        var rest = image.diffIDs[...]
        var entries: [ImageHistoryEntry] = []
        for step in try configuration(of: image).history {
            let layer = step.emptyLayer ? nil : rest.popFirst()
            entries.append(
                ImageHistoryEntry(
                    created: step.created, createdBy: step.createdBy, comment: step.comment,
                    size: layer.flatMap { layers.size(of: $0) } ?? 0))
        }
        for layer in rest {
            entries.append(
                ImageHistoryEntry(created: nil, createdBy: "", comment: "", size: layers.size(of: layer) ?? 0))
        }
        entries.reverse()
        if !entries.isEmpty { entries[0].id = image.id }
        return entries
    }

    func configuration(of image: StoredImage) throws(EngineError) -> ImageConfiguration {
        let document = try configurationDocument(of: image)
        return try EngineError.explaining { try ImageConfiguration(json: document) }
    }
}

extension ImageInspection.Config {
    init(_ execution: ImageConfiguration.Execution) {
        func keys(_ names: [String]) -> [String: ImageInspection.Nothing]? {
            names.isEmpty ? nil : Dictionary(names.map { ($0, ImageInspection.Nothing()) }) { first, _ in first }
        }
        self.init(
            User: execution.user ?? "", ExposedPorts: keys(execution.exposedPorts.map(\.description)),
            Env: execution.environment ?? [],
            Cmd: execution.command,
            Healthcheck: execution.healthcheck.map { check in
                ImageInspection.Check(
                    Test: check.test, Interval: check.interval?.nanoseconds, Timeout: check.timeout?.nanoseconds,
                    StartPeriod: check.startPeriod?.nanoseconds, StartInterval: check.startInterval?.nanoseconds,
                    Retries: check.retries)
            },
            Volumes: keys(execution.volumes), WorkingDir: execution.workingDirectory ?? "",
            Entrypoint: execution.entrypoint, Labels: execution.labels.isEmpty ? nil : execution.labels,
            StopSignal: execution.stopSignal, Shell: execution.shell)
    }
}
