internal import Dockerfile
internal import EngineModel
internal import ImageModel
internal import Primitives

/// A stage while its instructions are gone through one after the other.
struct StagePlanning {
    let stage: Stage
    var base: PlannedStage.Base
    /// The result's configuration besides what is in `configuration`.
    var image: ImageConfiguration
    /// How it is run, so far.
    var configuration: StageConfiguration
    var scope: VariableScope
    var steps: [PlannedStep] = []
    let epoch: Int64?
    /// The instruction that is gone through; nil before the first.
    private(set) var current: Instruction?
    /// Triggers of the base are gone through: their place is that of FROM.
    private var inTriggers = false
    /// Replaced as a whole by a named context of this name.
    private let isReplaced: Bool

    init(_ stage: Stage, planner: inout Planner) throws(PlanError) {
        self.stage = stage
        epoch = planner.epoch
        if let text = stage.platform {
            let platform = try planner.expand(text, stage)
            if !platform.isEmpty { try planner.checkPlatform(platform, stage.location) }
        }
        let replacement = stage.name.flatMap { planner.namedContext($0) }
        isReplaced = replacement != nil
        let wholeContext: TreeSource?
        (base, wholeContext) = try Self.base(of: stage, replacement, &planner)
        var inherited: VariableScope?
        switch base {
        case .scratch: image = Self.scratch(planner.platform)
        case .image(let found): image = found.configuration
        case .stage(let index):
            guard let planned = planner.stages[index] else {
                throw PlanError(.invalid, stage.location, "FROM", "stage \(index) is not known")
            }
            image = planned.image
            inherited = planner.scopes[index]
        }
        if image.execution.workingDirectory ?? "" == "" { image.execution.workingDirectory = "/" }
        scope = VariableScope(
            globals: planner.globals, environment: image.execution.environment ?? [], base: inherited)
        configuration = StageConfiguration(image.execution, author: image.author)
        if let wholeContext {
            var request = CopyRequest(.copy, sources: ["/"], destination: "/")
            request.epoch = epoch
            addStep(.copy(request, from: wholeContext), instruction: stage.source, history: stage.source)
        }
    }

    private static func scratch(_ platform: Platform) -> ImageConfiguration {
        var execution = ImageConfiguration.Execution()
        execution.environment = ["PATH=" + VariableScope.defaultPath]
        execution.workingDirectory = "/"
        var image = ImageConfiguration(
            architecture: platform.architecture, os: platform.os, diffIDs: [], execution: execution)
        image.variant = platform.variant
        return image
    }

    /// Goes through the triggers of the base, and then the stage's own instructions.
    mutating func apply(_ planner: inout Planner) throws(PlanError) {
        if isReplaced { return }
        let triggers = configuration.execution.onBuild ?? []
        configuration.execution.onBuild = nil
        inTriggers = true
        for trigger in triggers {
            let instruction: Instruction
            do throws(DockerfileError) {
                instruction = try Instruction(parsing: trigger, name: planner.dockerfile.name)
            } catch {
                throw PlanError(.invalid, stage.location, "FROM", "a trigger of \(stage.base): \(error.reason)")
            }
            try apply(instruction, &planner)
        }
        inTriggers = false
        for instruction in stage.instructions { try apply(instruction, &planner) }
    }

    /// Goes through one instruction: changes the configuration, or adds a step.
    private mutating func apply(_ written: Instruction, _ planner: inout Planner) throws(PlanError) {
        current = written
        let instruction: Instruction
        let before = configuration.execution.workingDirectory ?? "/"
        do throws(DockerfileError) {
            let expanded = try planner.dockerfile.expand(written, in: scope)
            planner.warnings += inTriggers ? [] : expanded.warnings
            instruction = expanded.instruction
            scope.apply(instruction)
            try configuration.apply(instruction, of: planner.dockerfile.name)
        } catch {
            throw PlanError(.invalid, location, error.instruction, error.reason, hint: error.hint ?? "")
        }
        let history = configuration.createdBy(instruction, arguments: scope.declaredArguments)
        switch instruction.kind {
        case .run(let run): try addRun(run, history: history, &planner)
        case .copy(let copy): try addCopy(copy, nil, history: history, &planner)
        case .add(let add): try addCopy(add.files, add, history: history, &planner)
        case .workingDirectory(let path):
            guard !path.isEmpty else { throw error("the path is empty when variables are replaced") }
            let directory = StageConfiguration.directory(path, in: before)
            guard directory != "/" else { return addHistory(history, makesLayer: false) }
            addStep(
                .makeDirectory(directory, user: user), instruction: written.source, title: title(planner),
                history: history)
        case .user(let name) where name.isEmpty:
            throw error("the user is empty when variables are replaced")
        case .environment, .argument, .label, .user, .volume, .expose, .entrypoint, .command, .shell, .stopSignal,
            .healthcheck, .onBuild, .maintainer:
            addHistory(history, makesLayer: false)
        }
    }

    /// nil is root.
    var user: String? {
        let name = configuration.execution.user ?? ""
        return name.isEmpty ? nil : name
    }

    /// The current instruction as it is shown, with the values of variables.
    func title(_ planner: Planner) -> String? {
        let scope = scope
        return current.map { instruction in
            WordExpansion(escape: planner.dockerfile.directives.escape).shown(instruction.source) { scope.value($0) }
        }
    }

    /// Where errors about the current instruction point to.
    var location: LineRange { inTriggers ? stage.location : current?.location ?? stage.location }

    func error(_ reason: String, code: EngineError.Code = .invalid, hint: String = "") -> PlanError {
        PlanError(code, location, current?.name, reason, hint: hint)
    }

    private mutating func addHistory(_ text: String, makesLayer: Bool) {
        image.history.append(
            ImageConfiguration.History(
                created: nil, createdBy: text, comment: "buildkit.dockerfile.v0", emptyLayer: !makesLayer))
    }

    /// Adds a step that makes a layer.
    ///
    /// - Parameter title: what is shown of it; nil is the instruction as it was written.
    mutating func addStep(
        _ action: PlannedStep.Action, instruction: String, title: String? = nil, history: String
    ) {
        addHistory(history, makesLayer: true)
        steps.append(
            PlannedStep(
                name: title ?? instruction, instruction: instruction, location: location, action: action,
                historyIndex: image.history.count - 1, epoch: epoch))
    }

    /// The stage as it was planned, its steps numbered.
    func planned(_ planner: Planner) -> PlannedStage {
        var image = image
        image.execution = configuration.execution
        image.author = configuration.author
        image.diffIDs = []
        var planned = PlannedStage(index: stage.index, name: stage.name, base: base, steps: steps, image: image)
        // The only stage of a file needs no name.
        let label = planner.dockerfile.stages.count == 1 ? "" : planner.label(stage) + " "
        var leading = 0
        if case .image = base { leading = 1 }
        let total = "\(leading + steps.count)"
        func name(_ number: Int, _ text: String) -> String {
            let padding = String(repeating: " ", count: total.count - "\(number)".count)
            return "[\(label)\(padding)\(number)/\(total)] \(text)"
        }
        if leading > 0 { planned.baseName = name(1, "FROM \(planner.baseName(stage))") }
        for index in steps.indices {
            planned.steps[index].name = name(leading + index + 1, steps[index].name)
        }
        let filters = Set(planner.request.noCacheFilter.map { $0.lowercased() })
        planned.ignoresCache = planner.request.noCache || filters.contains(planner.label(stage))
        return planned
    }
}
