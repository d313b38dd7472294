internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Primitives
internal import Reconciler
internal import TerminalUI

/// Options that `up`, `create`, `run` and `scale` have in common.
struct CreationOptions: ParsableArguments {
    @Flag(help: "Build images before starting containers")
    var build = false
    @Flag(help: "Recreate containers even if their configuration and image haven't changed")
    var forceRecreate = false
    @Flag(help: "Don't build an image, even if it's policy")
    var noBuild = false
    @Flag(help: "If containers already exist, don't recreate them. Incompatible with --force-recreate.")
    var noRecreate = false
    @Option(help: "Pull image before running (\"always\"|\"missing\"|\"never\"|\"build\")")
    var pull: String?
    @Flag(help: "Pull without printing progress information")
    var quietPull = false
    @Flag(help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false
    @Option(help: "Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if present.")
    var scale: [String] = []
    @Flag(name: .shortAndLong, help: "Assume \"yes\" as answer to all prompts and run non-interactively")
    var yes = false

    /// How the images are supplied.
    func supplyRequest() throws(CommandError) -> SupplyRequest {
        var request = SupplyRequest()
        request.options.policy = try SupplyRequest.policy(pull)
        request.options.build = build
        request.options.noBuild = noBuild
        request.quietPull = quietPull
        return request
    }

    func planOptions(_ context: CommandContext, services: [String]) throws -> UpOptions {
        if build && noBuild { throw CommandError("--build and --no-build are incompatible") }
        if forceRecreate && noRecreate {
            throw CommandError("--force-recreate and --no-recreate are incompatible")
        }
        var options = UpOptions()
        options.named = Set(services)
        options.forceRecreate = forceRecreate
        options.noRecreate = noRecreate
        options.removeOrphans = removeOrphans || context.flag("COMPOSE_REMOVE_ORPHANS")
        options.ignoreOrphans = context.flag("COMPOSE_IGNORE_ORPHANS")
        if removeOrphans && options.ignoreOrphans {
            throw CommandError("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans")
        }
        options.scale = try parseScale(scale)
        options.separator = context.separator
        options.environmentFiles = context.root.envFiles
        return options
    }
}

/// `web=3` … as replicas by service.
func parseScale(_ entries: [String]) throws(CommandError) -> [String: Int] {
    var result: [String: Int] = [:]
    for entry in entries {
        let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let number = Int(parts[1]) else {
            throw CommandError("invalid --scale option \"\(entry)\". Should be SERVICE=NUM")
        }
        if number < 0 { throw CommandError("invalid --scale option \"\(entry)\": the number is negative") }
        result[parts[0]] = number
    }
    return result
}

extension CommandContext {
    /// Supplies the images and makes the plan of `up`. Asks before volumes are made anew.
    func planUp(
        _ project: Project, _ options: UpOptions, _ supply: SupplyRequest, yes: Bool,
        cancellation: Cancellation = Cancellation()
    ) throws -> Plan {
        for name in options.scale.keys.sorted() where project.allServices[name] == nil {
            throw CommandError("no such service: \(name)")
        }
        let observed = try self.supply(
            project, try observe(project, engine: engine()), supply, cancellation: cancellation)
        var options = options
        for name in changedVolumes(project, observed, digest: Self.digest) {
            let question =
                "Volume \"\(name)\" exists but doesn't match configuration in compose file. Recreate (data will be lost)?"
            if yes || Prompt.confirm(question, fallback: false, needsTerminal: true, output: output) {
                options.recreateVolumes.insert(name)
            }
        }
        return try Reconciler.planUp(project, observed, options, digest: Self.digest)
    }
}
