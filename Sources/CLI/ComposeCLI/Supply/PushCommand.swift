internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import Registry
internal import Synchronization
internal import TerminalUI

struct PushCommand: ComposeCommand {
    @Flag(help: "Push what it can and ignores images with push failures")
    var ignorePushFailures = false
    @Flag(help: "Also push images of services declared as dependencies")
    var includeDeps = false
    @Flag(name: .shortAndLong, help: "Push without printing progress information")
    var quiet = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let interruption = try Interruption()
        let project = try context.project(services: services, policy: includeDeps ? .dependencies : .none)
        let (tags, skipped) = Self.tags(of: project)
        let display: any ProgressDisplay = quiet ? QuietProgress() : context.progress("Pushing")
        defer { display.finish() }
        for service in skipped { display.report(ProgressItem(service, "Skipped", .done)) }
        try context.push(
            tags, display: display, ignoringFailures: ignorePushFailures, cancellation: interruption.cancellation)
        return 0
    }

    /// Only what was built here under a name of its own is pushed.
    static func tags(of project: Project) -> (tags: [String], skipped: [String]) {
        var tags: [String] = []
        var skipped: [String] = []
        for name in project.serviceNames {
            guard let service = project.services[name], let build = service.build, let image = service.image else {
                skipped.append(name)
                continue
            }
            for tag in [image] + build.tags where !tags.contains(tag) { tags.append(tag) }
        }
        return (tags, skipped)
    }
}

extension CommandContext {
    /// Pushes images, several at a time. Without `ignoringFailures` the first failure ends the others and is thrown.
    func push(
        _ tags: [String], display: any ProgressDisplay, ignoringFailures: Bool, cancellation caller: Cancellation
    ) throws {
        if tags.isEmpty { return }
        let cancellation = Cancellation()
        let token = caller.onCancel { cancellation.cancel() }
        defer { caller.forget(token) }
        let failures = Mutex<[(tag: String, error: EngineError)]>([])
        let source = try imageSource()
        let dryRun = root.dryRun
        try TaskGraph.run(dependencies: tags.map { _ in [] }, limit: try transferLimit) { index in
            let tag = tags[index]
            if dryRun { return display.report(ProgressItem("Pushing \(tag):", "Pushed", .done)) }
            if cancellation.isCancelled { return }
            do {
                try source.push(try ImageReference(tag), cancellation: cancellation) { event in
                    if event.layer.isEmpty { return }
                    let id = "Pushing \(tag): \(event.layer)"
                    display.report(TransferProgress.item(event, id: id, parent: nil, pushing: true))
                }
            } catch {
                if cancellation.isCancelled { return }
                let error = error as? EngineError ?? EngineError(.invalid, "image \(tag)", "\(error)")
                failures.withLock { $0.append((tag, error)) }
                if !ignoringFailures { cancellation.cancel() }
            }
        }
        if caller.isCancelled { throw ExitCode.interrupted }
        for (tag, error) in failures.withLock(\.self) {
            if !ignoringFailures { throw error }
            errors.line("Pushing \(tag): \(error)")
        }
    }
}
