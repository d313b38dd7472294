internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import ImageBuilder
internal import ImageModel
internal import Primitives

/// Options of `docker build` about what is made.
struct ImageBuildOptions: ParsableArguments {
    @Option(help: "Add annotation to the image")
    var annotation: [String] = []
    @Option(help: ArgumentHelp("Attestations: they are not made", visibility: .hidden))
    var attest: [String] = []
    @Option(help: "Set build-time variables")
    var buildArg: [String] = []
    @Option(help: "Additional build contexts (e.g., name=path)")
    var buildContext: [String] = []
    @Option(help: ArgumentHelp("Builder to use: builds are made by compose itself", visibility: .hidden))
    var builder: String?
    @Option(help: "External cache sources (e.g., \"user/app:cache\", \"type=local,src=path/to/dir\")")
    var cacheFrom: [String] = []
    @Option(help: "Cache export destinations (e.g., \"user/app:cache\", \"type=local,dest=path/to/dir\")")
    var cacheTo: [String] = []
    @Option(name: .shortAndLong, help: "Name of the Dockerfile (default: \"PATH/Dockerfile\")")
    var file: String?
    @Option(help: "Set metadata for an image")
    var label: [String] = []
    @Flag(help: "Do not use cache when building the image")
    var noCache = false
    @Option(help: "Do not cache specified stages")
    var noCacheFilter: [String] = []
    @Option(help: "Set target platform for build")
    var platform: [String] = []
    @Option(help: ArgumentHelp("Provenance attestation: it is not made", visibility: .hidden))
    var provenance: String?
    @Flag(help: "Always attempt to pull all referenced images")
    var pull = false
    @Option(help: ArgumentHelp("SBOM attestation: it is not made", visibility: .hidden))
    var sbom: String?
    @Option(name: .shortAndLong, help: "Image identifier (format: \"[registry/]repository[:tag]\")")
    var tag: [String] = []
    @Option(help: "Set the target build stage to build")
    var target: String?

    func apply(to request: inout BuildRequest, _ context: CommandContext) throws {
        try BuildWords.check(builder: builder)
        request.arguments = BuildWords.arguments(buildArg, environment: context.environment)
        if let epoch = context.environment["SOURCE_DATE_EPOCH"], !epoch.isEmpty,
            request.arguments["SOURCE_DATE_EPOCH"] == nil
        {
            request.arguments["SOURCE_DATE_EPOCH"] = epoch
        }
        request.labels = Self.pairs(label)
        request.annotations = Self.pairs(annotation)
        request.noCache = noCache
        request.noCacheFilter = noCacheFilter.flatMap { $0.split(separator: ",").map(String.init) }
        request.pull = pull
        request.target = target
        request.tags = try tag.map { try ImageReference($0) }
        request.platform = try onlyPlatform(context)
        request.cacheFrom = try cacheFrom.map { try CacheLocation(words: $0) }
        request.cacheTo = try cacheTo.map { try CacheLocation(words: $0) }
        for words in buildContext {
            let named = Assignment(parsing: words)
            guard !named.name.isEmpty, let value = named.value, !value.isEmpty else {
                throw CommandError("invalid context \"\(words)\": it is NAME=VALUE")
            }
            guard case .source(let source) = try ContextWords.meaning(of: value) else {
                throw CommandError("\"\(value)\" is not a context: service: is for Compose files")
            }
            if case .directory(let path) = source, !path.hasPrefix("/") {
                request.namedContexts[named.name] = .directory("\(context.workingDirectory)/\(path)")
            } else {
                request.namedContexts[named.name] = source
            }
        }
    }

    /// What was asked for and makes no difference.
    var warnings: [String] {
        var warnings: [String] = []
        for (name, value) in [("provenance", provenance), ("sbom", sbom)] {
            guard let value, value != "false" else { continue }
            warnings.append("--\(name) has no effect: attestations are not made")
        }
        if !attest.isEmpty { warnings.append("--attest has no effect: attestations are not made") }
        return warnings
    }

    private func onlyPlatform(_ context: CommandContext) throws(CommandError) -> Platform? {
        var names = platform.flatMap { $0.split(separator: ",").map(String.init) }
        if names.isEmpty, let fallback = context.environment["DOCKER_DEFAULT_PLATFORM"], !fallback.isEmpty {
            names = [fallback]
        }
        var result: Platform?
        for name in names {
            let platform = try BuildWords.platform(name)
            guard platform.runsHere else {
                throw CommandError(
                    "\(name) cannot be built on this machine, which is \(Platform.host)",
                    hint: "there is no emulation: build for \(Platform.host) or on a machine of that platform")
            }
            result = result ?? platform
        }
        return result
    }

    private static func pairs(_ words: [String]) -> [String: String] {
        var result: [String: String] = [:]
        for word in words {
            let pair = Assignment(parsing: word)
            result[pair.name] = pair.value ?? ""
        }
        return result
    }
}
