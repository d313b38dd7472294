internal import Dockerfile
internal import EngineModel
internal import ImageModel

extension StagePlanning {
    /// COPY, or ADD with what it has besides; expanded.
    mutating func addCopy(
        _ copy: CopyInstruction, _ add: AddInstruction?, history: String, _ planner: inout Planner
    ) throws(PlanError) {
        var request = CopyRequest(add == nil ? .copy : .add, sources: copy.sources, destination: copy.destination)
        if copy.sources.contains("") { throw error("a source is empty when variables are replaced") }
        guard !request.destination.isEmpty else { throw error("the destination is empty when variables are replaced") }
        request.contents = copy.heredocs.map {
            CopyRequest.InlineFile(name: $0.name, content: Array($0.content.utf8))
        }
        request.workingDirectory = configuration.execution.workingDirectory ?? "/"
        request.owner = copy.owner
        request.mode = copy.mode
        request.link = copy.link
        request.parents = copy.parents
        request.exclude = copy.exclude
        request.unpack = add?.unpack
        request.keepGitDirectory = add?.keepGitDirectory ?? false
        request.checksum = add?.checksum
        request.epoch = epoch
        let source: TreeSource
        if let from = copy.from {
            source = try planner.source(from, of: stage, location, current?.name ?? "COPY")
        } else {
            let needsNone = copy.sources.allSatisfy { add != nil && Self.isRemote($0) }
            source = needsNone ? .empty : .context
        }
        addStep(
            .copy(request, from: source), instruction: current?.source ?? "", title: title(planner), history: history)
    }

    /// What ADD downloads instead of looking it up in the context.
    private static func isRemote(_ source: String) -> Bool {
        ["http://", "https://", "git://", "ssh://", "git@"].contains { source.hasPrefix($0) }
    }
}
