import ComposeModel
import EngineDouble
import EngineModel
import LinuxSystem
import Reconciler
import Synchronization

/// A project `p` with services made by `change`, on the network `default`.
func project(_ names: String..., change: (inout Project) -> Void = { _ in }) -> Project {
    var project = Project(name: "p", workingDirectory: "/srv/p")
    project.networks["default"] = NetworkConfig()
    project.networks["default"]?.name = "p_default"
    for name in names {
        var service = Service(name: name)
        service.image = "app"
        service.networks = ["default": nil]
        project.services[name] = service
    }
    change(&project)
    return project
}

/// Stands for SHA-256: short, and different for different texts.
func digest(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
}

func makeEngine() -> FakeEngine {
    let engine = FakeEngine()
    engine.addImage("app", id: "sha256:1")
    return engine
}

func plan(
    _ project: Project, on engine: FakeEngine, _ change: (inout UpOptions) -> Void = { _ in }
) throws -> Plan {
    var options = UpOptions()
    change(&options)
    return try planUp(project, observe(project, engine: engine), options, digest: digest)
}

/// Carries out a plan; returns what was shown.
@discardableResult
func carryOut(_ plan: Plan, on engine: FakeEngine) throws -> [String] {
    let collector = Collector()
    var options = ExecutionOptions(clock: { .now() }) { dependencies, body in
        try TaskGraph.run(dependencies: dependencies, limit: 8, body)
    }
    options.sink = { collector.add("\($0.resource) \($0.status)") }
    options.warn = { collector.add("warning: \($0)") }
    try execute(plan, engine: engine, options)
    return collector.lines
}

/// A plan's text with the names of containers instead of their ids.
func named(_ plan: Plan, on engine: FakeEngine) throws -> String {
    let containers = try engine.containers(labels: [:])
    return plan.description(naming: Dictionary(containers.map { ($0.id, $0.name) }) { first, _ in first })
}

/// Lines from several threads.
final class Collector: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
}
