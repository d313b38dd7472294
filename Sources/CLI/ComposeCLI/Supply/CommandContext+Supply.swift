internal import ComposeModel
internal import EngineModel
internal import ImageBuilder
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

extension CommandContext {
    /// Pulls and builds what the project's services need, and looks again at the images then.
    ///
    /// In a dry run the images that would be made are there afterwards, with ids that say so.
    func supply(
        _ project: Project, _ observed: ObservedState, _ request: SupplyRequest, cancellation: Cancellation
    ) throws -> ObservedState {
        var options = request.options
        options.defaultPlatform = project.environment["DOCKER_DEFAULT_PLATFORM"].flatMap { $0.isEmpty ? nil : $0 }
        let plan = try planSupply(project, images: observed.images, options: options, now: Instant.now())
        if plan.isEmpty { return observed }
        if root.dryRun {
            output.write(plan.description)
            output.flush()
        }
        let failed = try pull(plan, quiet: request.quietPull, cancellation: cancellation)
        let builds = plan.builds(failedPulls: failed)
        if !builds.isEmpty {
            try build(
                project, builds, BuildOverrides(), quiet: request.quietBuild,
                to: request.progressOnErrors ? errors : output, cancellation: cancellation)
        }
        var observed = observed
        if root.dryRun {
            for reference in plan.pulls.map(\.image) + plan.builds.map(\.image) {
                observed.images[reference] = Self.imagined(reference)
            }
            return observed
        }
        for reference in Set(project.services.values.flatMap { project.imageReferences(of: $0) }) {
            observed.images[reference] = try engine().image(reference)
        }
        return observed
    }

    private static func imagined(_ reference: String) -> Image {
        Image(
            id: "dryRun-\(digest(reference).prefix(40))", tags: [reference], size: 0, created: nil,
            stored: Instant.now(), platform: Platform.host.description, labels: [:])
    }

    /// Returns the indices of the pulls that failed and whose images are built instead.
    private func pull(_ plan: SupplyPlan, quiet: Bool, cancellation: Cancellation) throws -> Set<Int> {
        if plan.pulls.isEmpty { return [] }
        let display = progress("Running")
        defer { display.finish() }
        let work = PullWork(
            plan, source: try imageSource(), display: display, quiet: quiet, goesOn: false,
            cancellation: cancellation)
        let outcome = try work.run(limit: try transferLimit)
        for (index, error) in outcome.failures.sorted(by: { $0.key < $1.key }) where !plan.pulls[index].mayFail {
            throw error
        }
        return Set(outcome.failures.keys)
    }

    /// Builds, and tells on standard error what was built.
    func build(
        _ project: Project, _ builds: [SupplyPlan.Build], _ overrides: BuildOverrides, quiet: Bool, mode: String? = nil,
        to output: OutputWriter, cancellation: Cancellation
    ) throws {
        var built = builds.map(\.service).sorted()
        let quiet = quiet || progressMode == .quiet
        if !root.dryRun {
            let screen = BuildScreen(try buildDisplay(output, mode: mode, quiet: quiet))
            let work = BuildWork(
                project, builds, overrides, context: self, screen: screen, cancellation: cancellation)
            do {
                built = try work.run(source: try imageSource(), limit: try buildLimit)
            } catch let failure as BuildFailure {
                if progressMode != .json {
                    output.write(failure.details)
                    output.flush()
                }
                throw failure
            }
        }
        if quiet { return }
        let display = progress("Building")
        defer { display.finish() }
        for name in built {
            if root.dryRun, let image = builds.first(where: { $0.service == name })?.image {
                display.report(ProgressItem(name, "==> ==> naming to \(image)", .working))
            }
            display.report(ProgressItem(name, "Built", .done))
        }
    }

    /// Images pulled or pushed at the same time.
    var transferLimit: Int {
        get throws(CommandError) {
            let limit = try parallelLimit
            return limit > 0 ? limit : 8
        }
    }

    /// Services built at the same time: each uses several threads of its own.
    private var buildLimit: Int {
        get throws(CommandError) {
            let limit = try parallelLimit
            return limit > 0 ? limit : 4
        }
    }
}

extension SupplyPlan {
    /// The builds that are left once it is known which pulls failed, with `after` as indices among these.
    func builds(failedPulls: Set<Int>) -> [Build] {
        var result: [Build] = []
        var index: [Int: Int] = [:]
        for (old, build) in builds.enumerated() {
            if let pull = build.ifPullFailed, !failedPulls.contains(pull) { continue }
            var build = build
            build.after = build.after.compactMap { index[$0] }
            index[old] = result.count
            result.append(build)
        }
        return result
    }
}
