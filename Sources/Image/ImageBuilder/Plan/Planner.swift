internal import Dockerfile
internal import EngineModel
internal import ImageModel

/// Turns a request and its Dockerfile into a plan. Does nothing itself but ask for the images that stages begin from.
struct Planner {
    let request: BuildRequest
    let dockerfile: Dockerfile
    let platform: Platform
    /// The configuration of an image by reference or id; fetches it where needed.
    let image: (String) throws(EngineError) -> BaseImage
    let globals: GlobalScope
    var stages: [PlannedStage?]
    /// Where the variables of a stage ended: what begins from it goes on from there.
    var scopes: [Int: VariableScope] = [:]
    var images: [String: BaseImage] = [:]
    var warnings: [DockerfileWarning] = []
    /// Stages in work, to notice circles.
    private var open: Set<Int> = []
    private var order: [Int] = []

    /// - Throws: what is wrong with the arguments before the first FROM.
    init(
        request: BuildRequest, dockerfile: Dockerfile, platform: Platform,
        image: @escaping (String) throws(EngineError) -> BaseImage
    ) throws(PlanError) {
        self.request = request
        self.dockerfile = dockerfile
        self.platform = platform
        self.image = image
        if let text = request.arguments["SOURCE_DATE_EPOCH"], !text.isEmpty, Int64(text) ?? -1 < 0 {
            throw PlanError(
                .invalid, nil, nil, "SOURCE_DATE_EPOCH=\(text) is not a time", hint: "give seconds since 1970")
        }
        let values = PredefinedArguments.platformValues(
            build: platform, target: platform, stage: request.target ?? "default")
        do throws(DockerfileError) {
            globals = try GlobalScope(dockerfile, buildArguments: request.arguments, platform: values)
        } catch {
            throw PlanError(error)
        }
        stages = Array(repeating: nil, count: dockerfile.stages.count)
    }

    mutating func plan() throws(PlanError) -> BuildPlan {
        let target = try targetIndex()
        try planStage(target)
        return BuildPlan(stages: stages, target: target, order: order, images: images)
    }

    private func targetIndex() throws(PlanError) -> Int {
        guard let name = request.target, !name.isEmpty else { return dockerfile.stages.count - 1 }
        if let index = dockerfile.stageIndex(name) { return index }
        let names = dockerfile.stages.compactMap(\.name)
        throw PlanError(
            .invalid, nil, nil, "there is no target stage \"\(name)\"",
            hint: names.isEmpty ? "no stage of the file has a name" : "its stages are \(names.joined(separator: ", "))")
    }

    /// Plans a stage after those that it needs.
    mutating func planStage(_ index: Int) throws(PlanError) {
        if stages[index] != nil { return }
        let stage = dockerfile.stages[index]
        guard open.insert(index).inserted else {
            throw PlanError(
                .invalid, stage.location, "FROM", "the stages form a circle: \(label(stage)) needs its own result")
        }
        defer { open.remove(index) }
        var planning = try StagePlanning(stage, planner: &self)
        try planning.apply(&self)
        stages[index] = planning.planned(self)
        scopes[index] = planning.scope
        order.append(index)
    }

    /// What `--from=`, or a mount's `from=`, means: a stage, a named context or an image.
    mutating func source(
        _ name: String, of stage: Stage, _ location: LineRange, _ instruction: String
    ) throws(PlanError) -> TreeSource {
        if let index = dockerfile.stageIndex(name) {
            if index == stage.index {
                throw PlanError(.invalid, location, instruction, "\"\(name)\" is the stage itself")
            }
            try planStage(index)
            return .stage(index)
        }
        if name == "scratch" { return .empty }
        if let key = namedContext(name) { return try source(named: key, location, instruction) }
        if Int(name) != nil {
            throw PlanError(
                .invalid, location, instruction,
                "there is no stage \(name): the file has \(dockerfile.stages.count), counted from 0")
        }
        try loadImage(name, location, instruction)
        return .image(name)
    }

    private mutating func source(
        named key: String, _ location: LineRange, _ instruction: String
    ) throws(PlanError) -> TreeSource {
        switch request.namedContexts[key] {
        case .image(let reference)?:
            try loadImage(reference.description, location, instruction)
            return .image(reference.description)
        case .build(let id)?:
            try loadImage(id, location, instruction)
            return .image(id)
        default: return .named(key)
        }
    }

    /// The key of the named context that stands for this name, exactly or as an image's name.
    func namedContext(_ name: String) -> String? {
        if request.namedContexts.isEmpty { return nil }
        if request.namedContexts[name] != nil { return name }
        let wanted = (try? ImageReference(name))?.withDefaultTag
        return request.namedContexts.keys.sorted().first { key in
            key.lowercased() == name.lowercased()
                || (wanted != nil && (try? ImageReference(key))?.withDefaultTag == wanted)
        }
    }

    @discardableResult
    mutating func loadImage(
        _ name: String, _ location: LineRange, _ instruction: String
    ) throws(PlanError) -> BaseImage {
        if let known = images[name] { return known }
        do throws(EngineError) {
            let found = try image(name)
            images[name] = found
            return found
        } catch {
            throw PlanError(error, location, instruction)
        }
    }

    func label(_ stage: Stage) -> String { stage.name ?? "stage-\(stage.index)" }

    func expand(_ text: String, _ stage: Stage) throws(PlanError) -> String {
        do throws(DockerfileError) {
            return try dockerfile.expand(text, in: globals, at: stage.location)
        } catch {
            throw PlanError(error)
        }
    }
}
