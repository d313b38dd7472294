import ComposeModel
import EngineDouble
import EngineModel
import ImageBuilder
import ImageModel
import LinuxSystem
import Primitives
import Reconciler
import Registry
import Synchronization
import SystemPackage
import TerminalUI
import Testing

@testable import ComposeCLI

/// Registries and builds that only keep records.
private final class FakeSource: ImageSource {
    private struct State {
        var calls: [String] = []
        var failing: Set<String> = []
    }

    private let engine: FakeEngine
    private let state = Mutex(State())

    init(_ engine: FakeEngine, failing: Set<String> = []) {
        self.engine = engine
        state.withLock { $0.failing = failing }
    }

    var calls: [String] { state.withLock(\.calls) }

    private func call(_ text: String) throws(EngineError) {
        let fails = state.withLock { state in
            state.calls.append(text)
            return state.failing.contains(text)
        }
        if fails { throw EngineError(.notFound, text, "it is not there") }
    }

    func pull(
        _ reference: ImageReference, platform: Platform?, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) -> String {
        try call("pull \(reference.familiar)")
        progress(TransferEvent("0123456789ab", .downloading, current: 1, total: 2))
        progress(TransferEvent("0123456789ab", .done))
        engine.addImage(reference.familiar, id: "sha256:1")
        return "sha256:1"
    }

    func push(
        _ reference: ImageReference, cancellation: Cancellation, progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) {
        try call("push \(reference.familiar)")
    }

    func resolve(_ reference: ImageReference, cancellation: Cancellation) throws(EngineError) -> Digest {
        try call("resolve \(reference.familiar)")
        guard let digest = Digest(hex: String(repeating: "a", count: 64)) else { throw EngineError(.notFound, "", "") }
        return digest
    }

    func build(
        _ request: BuildRequest, cancellation: Cancellation, events: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) -> BuiltImage {
        let name = request.tags.last?.familiar ?? ""
        do throws(EngineError) {
            try call("build \(name)")
        } catch {
            var failure = BuildError(.startFailed, dockerfile: "Dockerfile", "exit code: 1")
            failure.step = "[2/2] RUN false"
            throw failure
        }
        engine.addImage(name, id: "sha256:2")
        return BuiltImage(id: "sha256:2", names: request.tags)
    }
}

struct SupplyTests {
    private let engine = FakeEngine()

    private func project(_ services: [(name: String, image: String?, build: Bool)]) -> Project {
        var project = Project(name: "p", workingDirectory: "/")
        for (name, image, build) in services {
            var service = Service(name: name)
            service.image = image
            if build {
                service.build = BuildConfig()
                service.build?.context = "/"
            }
            project.services[name] = service
        }
        return project
    }

    /// Returns what was printed.
    private func supply(
        _ project: Project, _ source: FakeSource, dryRun: Bool = false
    ) throws -> (text: String, images: [String: String]) {
        let pipe = try Descriptor.pipe()
        let (read, write) = (pipe.read.take(), pipe.write.take())
        let reading = Descriptor(owning: read)
        var images: [String: String] = [:]
        var failure: (any Error)?
        do {
            let writing = Descriptor(owning: write)
            let writer = OutputWriter(writing.raw, immediate: true)
            let root = try RootOptions(["--progress", "plain"] + (dryRun ? ["--dry-run"] : []))
            let context = CommandContext(
                root: root, environment: [:], workingDirectory: "/", output: writer, errors: writer, engine: engine,
                images: source)
            do {
                let observed = try observe(project, engine: engine)
                images = try context.supply(project, observed, SupplyRequest(), cancellation: Cancellation())
                    .images.mapValues(\.id)
            } catch {
                failure = error
            }
        }
        let text = String(decoding: try reading.readAll(), as: UTF8.self)
        if let failure = failure as? BuildFailure {
            return (text + failure.message, images)
        }
        if let failure { throw failure }
        return (text, images)
    }

    @Test
    func missingImagesArePulledAndBuiltAndAreThereThen() throws {
        let source = FakeSource(engine)
        let (text, images) = try supply(project([("db", "x:1", false), ("web", nil, true)]), source)
        #expect(source.calls == ["pull x:1", "build p-web"])
        #expect(images == ["x:1": "sha256:1", "p-web": "sha256:2"])
        #expect(text == " db Pulling \n 0123456789ab Pull complete \n db Pulled \n web  Built\n")
    }

    @Test
    func whatCanBeBuiltIsBuiltWhenItsPullFails() throws {
        let source = FakeSource(engine, failing: ["pull me/web:1"])
        let (text, _) = try supply(project([("web", "me/web:1", true)]), source)
        #expect(source.calls == ["pull me/web:1", "build me/web:1"])
        #expect(text == " web Pulling \n web Warning it is not there\n web  Built\n")
    }

    @Test
    func aPullThatNothingReplacesFailsTheCommand() throws {
        let source = FakeSource(engine, failing: ["pull x:1"])
        #expect(throws: EngineError.self) { try supply(project([("db", "x:1", false)]), source) }
    }

    @Test
    func aFailingBuildShowsItsStep() throws {
        let source = FakeSource(engine, failing: ["build p-web"])
        let (text, _) = try supply(project([("web", nil, true)]), source)
        #expect(text == "------\n > [web 2/2] RUN false:\n------\nfailed to solve: exit code: 1")
    }

    @Test
    func aDryRunDoesNothingAndGoesOnAsIfItHad() throws {
        let source = FakeSource(engine)
        let (text, images) = try supply(
            project([("db", "x:1", false), ("web", nil, true)]), source, dryRun: true)
        #expect(source.calls == ["resolve x:1"])
        #expect(Set(images.keys) == ["x:1", "p-web"])
        #expect(text.contains("DRY-RUN MODE -  db Pulled"))
        #expect(text.contains("DRY-RUN MODE -  web  Built"))
    }

    @Test
    func aDryRunFailsWhereTheRegistryDoesNotKnowTheImage() throws {
        let source = FakeSource(engine, failing: ["resolve x:1"])
        #expect(throws: EngineError.self) { try supply(project([("db", "x:1", false)]), source, dryRun: true) }
    }
}
