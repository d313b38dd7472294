import ComposeModel
import EngineModel
import Primitives
import Testing

@testable import Reconciler

struct SupplyPlanTests {
    private static let now = Instant(nanoseconds: 1_000_000 * 1_000_000_000)

    private func project(_ services: [Service]) -> Project {
        var project = Project(name: "p", workingDirectory: "/p")
        for service in services { project.services[service.name] = service }
        return project
    }

    private func service(
        _ name: String, image: String? = nil, build: Bool = false, policy: String? = nil, platform: String? = nil,
        contexts: [String: String] = [:], dependsOn: [String] = []
    ) -> Service {
        var service = Service(name: name)
        service.image = image
        if build {
            service.build = BuildConfig()
            service.build?.additionalContexts = contexts
        }
        service.pullPolicy = policy
        service.platform = platform
        for other in dependsOn { service.dependsOn[other] = ServiceDependency(condition: .started) }
        return service
    }

    private func image(age seconds: Int64 = 0, platform: String = "linux/amd64") -> Image {
        let stored = Instant(nanoseconds: Self.now.nanoseconds - seconds * 1_000_000_000)
        return Image(
            id: "sha256:1", tags: [], size: 0, created: nil, stored: stored, platform: platform, labels: [:])
    }

    private func plan(
        _ services: [Service], images: [String: Image] = [:], _ change: (inout SupplyOptions) -> Void = { _ in }
    ) throws -> SupplyPlan {
        var options = SupplyOptions()
        change(&options)
        return try planSupply(project(services), images: images, options: options, now: Self.now)
    }

    @Test
    func missingImagesThatAreMountedArePulledToo() throws {
        var web = service("web", image: "app")
        web.volumes = [
            ServiceVolume(kind: .image, source: "tools", target: "/t"),
            ServiceVolume(kind: .volume, source: "data", target: "/d"),
            ServiceVolume(kind: .image, source: "here", target: "/h"),
        ]
        let found = try plan([web], images: ["here": image()])
        #expect(found.pulls.map(\.image) == ["app", "tools"])
        #expect(found.pulls.last?.services == ["web:volume 0"])
    }

    @Test
    func missingImagesArePulledOrBuiltWhereThereIsNoNameToPull() throws {
        let services = [service("db", image: "postgres"), service("web", build: true)]
        let found = try plan(services)
        #expect(
            found.description == """
                pull postgres for db: not on this host
                1. build web as p-web: not on this host

                """)
        #expect(try plan(services, images: ["postgres": image(), "p-web": image()]).isEmpty)
    }

    @Test
    func anImageThatCanBePulledAndBuiltIsBuiltOnlyIfThePullFails() throws {
        let found = try plan([service("web", image: "me/web", build: true)])
        #expect(found.pulls.map(\.mayFail) == [true])
        #expect(found.builds.map(\.ifPullFailed) == [0])
        let pulled = try plan([service("web", image: "me/web", build: true)]) { $0.noBuild = true }
        #expect(pulled.pulls.count == 1 && pulled.builds.isEmpty)
    }

    @Test(
        "policies decide",
        arguments: [
            ("always", true, 1), ("always", false, 1), ("never", false, 0), ("missing", true, 0), ("missing", false, 1),
            ("if_not_present", false, 1), ("build", false, 0), ("daily", false, 1),
        ])
    func policies(policy: String, present: Bool, pulls: Int) throws {
        let found = try plan(
            [service("a", image: "x", policy: policy)], images: present ? ["x": image()] : [:])
        #expect(found.pulls.count == pulls)
    }

    @Test(
        "policies with a time pull again after it",
        arguments: [
            ("daily", 86_399, false), ("daily", 86_401, true), ("weekly", 86_401, false), ("weekly", 604_801, true),
            ("every_1h30m", 5399, false), ("every_1h30m", 5401, true), ("every_2w", 604_801, false),
        ])
    func ages(policy: String, age: Int64, pulled: Bool) throws {
        let found = try plan([service("a", image: "x", policy: policy)], images: ["x": image(age: age)])
        #expect(found.pulls.isEmpty != pulled)
    }

    @Test(arguments: ["sometimes", "every_", "every_5", "every_5y"])
    func anUnknownPolicyIsRefused(policy: String) {
        #expect(throws: PlanFailure.self) { try plan([service("a", image: "x", policy: policy)]) }
    }

    @Test
    func pullStandsAboveTheServicesPoliciesBuildAboveBoth() throws {
        let services = [
            service("a", image: "x", policy: "never"), service("b", image: "y", build: true, policy: "never"),
        ]
        let images = ["x": image(), "y": image()]
        let pulled = try plan(services, images: images) { $0.policy = .always }
        #expect(pulled.pulls.map(\.image) == ["x", "y"])
        let built = try plan(services, images: images) {
            $0.policy = .always
            $0.build = true
        }
        #expect(built.pulls.map(\.image) == ["x"])
        #expect(built.builds.map(\.service) == ["b"])
        #expect(try plan(services, images: images) { $0.policy = .build }.builds.map(\.service) == ["b"])
    }

    @Test
    func anImageThatSeveralServicesUseIsPulledOnceForEachPlatform() throws {
        let found = try plan([
            service("a", image: "x"), service("b", image: "x"), service("c", image: "x", platform: "linux/arm64"),
        ])
        #expect(found.pulls.map(\.services) == [["a", "b"], ["c"]])
        #expect(found.pulls.map(\.platform) == [nil, "linux/arm64"])
    }

    @Test(
        "an image for another platform than asked for is not there",
        arguments: [
            ("linux/amd64", true), ("linux/x86_64", true), ("linux/arm64", false), ("linux/amd64/v3", true),
        ])
    func platforms(platform: String, fits: Bool) throws {
        let found = try plan([service("a", image: "x", platform: platform)], images: ["x": image()])
        #expect(found.isEmpty == fits)
    }

    @Test
    func buildsComeAfterThoseOfTheirContextsAndDependencies() throws {
        let found = try plan([
            service("app", build: true, contexts: ["base": "service:base"], dependsOn: ["tool"]),
            service("base", build: true), service("other", build: true), service("tool", build: true),
        ])
        let index = Dictionary(uniqueKeysWithValues: found.builds.enumerated().map { ($1.service, $0) })
        let app = try #require(found.builds.first { $0.service == "app" })
        #expect(app.after == [index["base"], index["tool"]].compactMap(\.self).sorted())
        #expect(found.builds.filter { $0.service != "app" }.allSatisfy { $0.after.isEmpty })
    }

    @Test
    func aContextThatAnotherServiceBuildsIsBuiltEvenIfItsImageIsHere() throws {
        let found = try plan(
            [service("app", build: true, contexts: ["b": "service:base"]), service("base", build: true)],
            images: ["p-base": image()])
        #expect(found.builds.map(\.service) == ["base", "app"])
    }

    @Test
    func composePullSaysWhyItLeavesServicesOut() throws {
        let services = [
            service("a", image: "x:1"), service("b", image: "x:1"), service("built", build: true),
            service("both", image: "y:1", build: true), service("no", image: "z:1", policy: "never"),
            service("here", image: "h:1", policy: "missing"), service("latest", image: "l", policy: "missing"),
        ]
        var options = PullOptions()
        options.ignoreBuildable = true
        let found = try planPull(project(services), images: ["h:1": image(), "l": image()], options: options)
        #expect(found.pulls.map(\.image) == ["x:1", "l"])
        #expect(
            found.skipped == [
                "b": .pulledBy("a"), "built": .noImage, "both": .buildable, "no": .policy, "here": .present,
            ])
    }

    @Test
    func composeBuildTakesTheNamedServicesAndWhatTheyAreBuiltFrom() throws {
        let all = project([
            service("app", build: true, contexts: ["b": "service:base"], dependsOn: ["db", "tool"]),
            service("base", build: true), service("db", image: "x"), service("tool", build: true),
        ])
        #expect(try planBuild(all, services: ["app"], dependencies: false).builds.map(\.service) == ["base", "app"])
        #expect(
            Set(try planBuild(all, services: ["app"], dependencies: true).builds.map(\.service))
                == ["base", "tool", "app"])
        #expect(try planBuild(all, services: ["db"], dependencies: false).isEmpty)
    }
}
