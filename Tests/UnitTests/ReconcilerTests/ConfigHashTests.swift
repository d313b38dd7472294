import ComposeModel
import EngineDouble
import EngineModel
import Reconciler
import Testing

struct ConfigHashTests {
    private func hashes(of name: String, on engine: FakeEngine) throws -> (shown: String?, own: String?) {
        let labels = try engine.container(name).labels
        return (labels[ProjectLabel.configHash], labels[ProjectLabel.definitionHash])
    }

    @Test func aContainerBearsTheHashThatConfigPrints() throws {
        let engine = makeEngine()
        let plan = try plan(project("web"), on: engine) { $0.configHash = { "docker's of \($0.name)" } }
        try carryOut(plan, on: engine)
        let found = try hashes(of: "p-web-1", on: engine)
        #expect(found.shown == "docker's of web")
        #expect(found.own?.isEmpty == false)
    }

    @Test func thatHashDecidesNothing() throws {
        let engine = makeEngine()
        try carryOut(plan(project("web"), on: engine) { $0.configHash = { _ in "1" } }, on: engine)
        let again = try plan(project("web"), on: engine) { $0.configHash = { _ in "2" } }
        #expect(again.description.hasPrefix("1. keep container p-web-1"))
        let changed = project("web") { $0.services["web"]?.hostname = "other" }
        let plan = try plan(changed, on: engine) { $0.configHash = { _ in "1" } }
        #expect(plan.description.contains("hostname changed"))
    }

    @Test func aContainerWithoutTheSecondLabelIsNotMadeAnewForThat() throws {
        let engine = makeEngine()
        try carryOut(plan(project("web"), on: engine), on: engine)
        #expect(try hashes(of: "p-web-1", on: engine).own == nil)
        let again = try plan(project("web"), on: engine) { $0.configHash = { _ in "2" } }
        #expect(again.description.hasPrefix("1. keep container p-web-1"))
    }
}
