import EngineModel
import Testing

@testable import ImageBuilder

struct KeyTests {
    private func lastKey(_ text: String, change: (inout BuildRequest) -> Void = { _ in }) throws -> StepKey? {
        let plan = try makePlan(text, change: change)
        return try DefinitionKeys(plan) { _, source in StepKey("content", ["\(source)"]) }.results[plan.target]
    }

    @Test func whatAProgramSeesIsInItsKey() throws {
        let plain = try lastKey("FROM a\nRUN x\n")
        #expect(try lastKey("FROM a\nLABEL l=1\nEXPOSE 80\nRUN x\n") == plain)
        #expect(try lastKey("FROM a\nENV E=1\nRUN x\n") != plain)
        #expect(try lastKey("FROM a\nUSER u\nRUN x\n") != plain)
        #expect(try lastKey("FROM a\nARG V=1\nRUN x\n") != plain)
        #expect(try lastKey("FROM b\nRUN x\n") != plain)
        #expect(try lastKey("FROM a\nRUN --mount=type=tmpfs,target=/t x\n") != plain)
        #expect(try lastKey("FROM a\nRUN x\n", change: { $0.sourceDateEpoch = 1 }) != plain)
        #expect(try lastKey("FROM a\nRUN x\n", change: { $0.arguments = ["HTTP_PROXY": "p"] }) == plain)
    }

    @Test func namesOfStagesAreNotInKeys() throws {
        let first = try lastKey("FROM a AS one\nRUN x\nFROM b\nCOPY --from=one /x /x\n")
        #expect(try lastKey("FROM a AS two\nRUN x\nFROM b\nCOPY --from=two /x /x\n") == first)
        #expect(try lastKey("FROM a AS one\nRUN y\nFROM b\nCOPY --from=one /x /x\n") != first)
        #expect(try lastKey("FROM a AS one\nRUN x\nFROM b\nCOPY --from=one /y /x\n") != first)
    }

    @Test func whatFollowsALinkedCopyDependsOnItsBase() throws {
        let text = "COPY --link a /b\n"
        func keys(_ text: String) throws -> [StepKey]? {
            let plan = try makePlan(text)
            return try DefinitionKeys(plan) { _, source in StepKey("content", ["\(source)"]) }.steps[plan.target]
        }
        #expect(try keys("FROM a\n" + text) == keys("FROM b\n" + text))
        #expect(try lastKey("FROM a\n" + text + "RUN x\n") != lastKey("FROM b\n" + text + "RUN x\n"))
        #expect(try keys("FROM a\nCOPY --link --chown=u a /b\n") != keys("FROM b\nCOPY --link --chown=u a /b\n"))
    }

    @Test func valuesAreNotConfusedByTheirOrder() {
        #expect(StepKey("k", ["ab", "c"]) != StepKey("k", ["a", "bc"]))
    }
}
