internal import Dockerfile
internal import EngineModel
internal import ImageModel

extension StagePlanning {
    /// What FROM means; the second is a context whose files are all that the stage begins with.
    ///
    /// - Parameter replacement: the named context that stands for the stage as a whole.
    static func base(
        of stage: Stage, _ replacement: String?, _ planner: inout Planner
    ) throws(PlanError) -> (PlannedStage.Base, TreeSource?) {
        var name = replacement ?? ""
        if replacement == nil {
            name = try planner.expand(stage.base, stage)
            guard !name.isEmpty else {
                throw PlanError(
                    .invalid, stage.location, "FROM", "\"\(stage.base)\" is empty when variables are replaced",
                    hint: "give the argument a value, or a default with ARG before FROM")
            }
            if let index = planner.dockerfile.stageIndex(named: name, before: stage.index) {
                try planner.planStage(index)
                return (.stage(index), nil)
            }
        }
        if let key = replacement ?? planner.namedContext(name) {
            switch planner.request.namedContexts[key] {
            case .image(let reference)?:
                return (.image(try planner.loadImage(reference.description, stage.location, "FROM")), nil)
            case .build(let id)?: return (.image(try planner.loadImage(id, stage.location, "FROM")), nil)
            default: return (.scratch, .named(key))
            }
        }
        if name == "scratch" { return (.scratch, nil) }
        return (.image(try planner.loadImage(name, stage.location, "FROM")), nil)
    }
}

extension BuildRequest {
    /// `SOURCE_DATE_EPOCH`, seconds since 1970.
    var epoch: Int64? { sourceDateEpoch ?? arguments["SOURCE_DATE_EPOCH"].flatMap { Int64($0) } }

    /// The result itself tells other builds of its steps.
    var wantsInlineCache: Bool {
        cacheTo.contains { $0.kind == .inline } || arguments["BUILDKIT_INLINE_CACHE"] == "1"
    }
}

extension Planner {
    var epoch: Int64? { request.epoch }

    /// How the image that the stage begins from is shown.
    func baseName(_ stage: Stage) -> String {
        guard let name = try? expand(stage.base, stage) else { return stage.base }
        return (try? ImageReference(name))?.withDefaultTag.description ?? name
    }

    /// Refuses what another machine would have to build.
    func checkPlatform(_ text: String, _ location: LineRange?) throws(PlanError) {
        let parts = text.lowercased().split(separator: "/").map(String.init)
        let names = ["x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "linux": platform.architecture]
        let last = parts.count > 1 ? parts[1] : parts.first ?? ""
        let os = parts.count > 1 ? parts[0] : "linux"
        guard os == platform.os, names[last, default: last] == platform.architecture else {
            throw PlanError(
                .unsupported, location, location == nil ? nil : "FROM",
                "the platform \(text) cannot be built on this machine",
                hint: "only \(platform) is built: there is no emulation of other processors")
        }
    }
}
