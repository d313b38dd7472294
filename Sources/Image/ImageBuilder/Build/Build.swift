internal import Dockerfile
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import StateStore

/// One build from its request to the named image.
struct Build {
    let builder: ImageBuilder
    let request: BuildRequest
    let progress: BuildProgress
    let cancellation: Cancellation
    let contexts: BuildContexts

    init(
        _ builder: ImageBuilder, _ request: BuildRequest, _ progress: BuildProgress, _ cancellation: Cancellation
    ) {
        self.builder = builder
        self.request = request
        self.progress = progress
        self.cancellation = cancellation
        let access = SourceAccess(
            layout: builder.state.layout, environment: request.environment, fetch: builder.fetch)
        contexts = BuildContexts(request: request, access: access, progress: progress, cancellation: cancellation)
    }

    func run() throws(BuildError) -> BuiltImage {
        let name = request.dockerfile.shownName
        let (places, dockerfile) = try loadDockerfile(name)
        let lease = try places.placing { try builder.store.lease() }
        defer { lease.release() }
        let plan: BuildPlan
        do throws(PlanError) {
            plan = try makePlan(dockerfile, lease)
        } catch {
            throw places.error(error)
        }
        return try run(plan, lease, places)
    }

    private func loadDockerfile(_ name: String) throws(BuildError) -> (ErrorPlaces, Dockerfile) {
        let text: String
        do throws(EngineError) {
            // What has to be fetched for it is a step of its own.
            if case .inContext = request.dockerfile { _ = try contexts.main() }
            text = try progress.step("[internal] load build definition from \(name)") { _ in
                try DockerfileText(request.dockerfile, contexts: contexts).text
            }
        } catch {
            throw ErrorPlaces(name: name, lines: []).error(error)
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let places = ErrorPlaces(name: name, lines: lines)
        let dockerfile: Dockerfile
        do throws(DockerfileError) {
            dockerfile = try Dockerfile(parsing: text, name: name)
        } catch {
            throw places.error(error)
        }
        for warning in dockerfile.warnings {
            if dockerfile.directives.checksFail {
                throw places.error(
                    PlanError(.invalid, warning.location, nil, "\(warning.check.rawValue): \(warning.text)"))
            }
            warn(warning, name)
        }
        return (places, dockerfile)
    }

    private func warn(_ warning: DockerfileWarning, _ name: String) {
        progress.send(.warning("\(warning.check.rawValue): \(warning.text) (\(name):\(warning.location.first))"))
    }

    private func makePlan(_ dockerfile: Dockerfile, _ lease: ContentLease) throws(PlanError) -> BuildPlan {
        let images = BaseImages(
            store: builder.store, lease: lease, pull: builder.pull, always: request.pull, progress: progress,
            cancellation: cancellation)
        var request = request
        for (name, source) in request.namedContexts {
            guard case .layout(let text) = source else { continue }
            request.namedContexts[name] = .build(id: try load(layout: text, lease))
        }
        var planner = try Planner(request: request, dockerfile: dockerfile, platform: .host) {
            name throws(EngineError) in try images.image(name)
        }
        if let platform = request.platform { try planner.checkPlatform(platform.description, nil) }
        let plan = try planner.plan()
        planner.warnings.forEach { warn($0, dockerfile.name) }
        for name in dockerfile.unusedArguments(of: request.arguments.keys) {
            progress.send(.warning("the build argument \(name) was given, but no instruction declares it"))
        }
        return plan
    }

    private func load(layout text: String, _ lease: ContentLease) throws(PlanError) -> String {
        do throws(EngineError) {
            return try progress.step("[internal] load oci-layout://\(text)") { _ in
                try ImageLayout(text).load(into: builder.store, lease: lease, cancellation: cancellation)
            }
        } catch {
            throw PlanError(error)
        }
    }

    private func run(_ plan: BuildPlan, _ lease: ContentLease, _ places: ErrorPlaces) throws(BuildError) -> BuiltImage {
        for index in plan.order { plan.stages[index]?.baseName.map { progress.cached($0) } }
        let buildCache = BuildCache(builder.state)
        var cache = LeasedBuildCache(cache: buildCache, store: builder.store, lease: lease, now: .now())
        cache.imports = try places.placing {
            try builder.caches.imports(
                request.cacheFrom, lease: lease, progress: progress, cancellation: cancellation)
        }
        let executor = LayerExecutor(
            store: builder.store, lease: lease, runner: builder.runner, request: request, plan: plan,
            contexts: contexts, mounts: CacheMounts(cache: buildCache), progress: progress, cancellation: cancellation)
        let schedule = StageSchedule(
            plan: plan, cache: cache, executor: executor, progress: progress, parallel: Self.parallel)
        let results: [Int: StageResult]
        let keys: DefinitionKeys
        let loading = ContextLoading(progress)
        do throws(StepFailure) {
            (results, keys) = try schedule.run(cancellation: cancellation) { step, source throws(EngineError) in
                try loading.during(source) { try executor.content(step, source) }
            }
        } catch {
            throw places.error(error)
        }
        return try places.placing { try export(plan, results, keys: keys, lease) }
    }

    /// Steps at work at the same time: they wait for disks and networks as often as for the processor.
    private static var parallel: Int { max(4, 2 * Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

extension DockerfileSource {
    /// How errors and the output name it.
    var shownName: String {
        switch self {
        case .inContext(let path), .hostFile(let path):
            path.split(separator: "/").last.map(String.init) ?? path
        case .text: "Dockerfile"
        }
    }
}
