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
    var pull = "policy"
    @Flag(help: "Pull without printing progress information")
    var quietPull = false
    @Flag(help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false
    @Option(
        help: .value(
            "scale", "Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if present."))
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
