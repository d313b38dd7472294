import Dockerfile
import EngineModel
import ImageModel
import Primitives
import Testing

@testable import ImageBuilder

struct AssemblyTests {
    private let text = "FROM a AS one\nENV A=1\nRUN x\nFROM one\nCMD [\"/run\"]\nRUN y\nLABEL l=1\n"

    @Test func historyTellsWhenStepsWereMade() throws {
        let plan = try makePlan(text)
        let results = try schedule(plan, MemoryCache(), RecordingExecutor())
        let image = try #require(plan.stages[1]).configuration(results, plan: plan, epoch: nil)
        #expect(image.diffIDs == [digest("a"), digest("RUN x"), digest("RUN y")])
        #expect(image.history.map { $0.created?.seconds } == [1, 1, 7, 7, 7, 7])
        #expect(image.history.map(\.emptyLayer) == [false, true, false, true, false, true])
        #expect(image.created?.seconds == 7)
        #expect(image.execution.command == ["/run"])
    }

    @Test func aFixedTimeGivesTheSameDocument() throws {
        func document(_ made: Int64) throws -> [UInt8] {
            let plan = try makePlan(text, change: { $0.sourceDateEpoch = 5 })
            let executor = RecordingExecutor { step, _ throws(EngineError) in
                StepResult(layer: digest(step.instruction), size: 1, made: Instant(nanoseconds: made))
            }
            let results = try schedule(plan, MemoryCache(), executor)
            return try #require(plan.stages[1]).configuration(results, plan: plan, epoch: 5).json()
        }
        #expect(try document(1) == document(2))
    }

    @Test func aStepThatChangesNothingMakesNoLayer() throws {
        let plan = try makePlan("FROM a\nRUN true\n")
        let executor = RecordingExecutor { _, _ throws(EngineError) in
            StepResult(layer: nil, size: 0, made: Instant(nanoseconds: 1))
        }
        let image = try #require(plan.stages[0]).configuration(
            try schedule(plan, MemoryCache(), executor), plan: plan, epoch: nil)
        #expect(image.diffIDs == [digest("a")])
        #expect(image.history.last?.emptyLayer == true)
    }

    @Test func recordsTravelInAConfiguration() throws {
        let plan = try makePlan(text)
        let cache = MemoryCache()
        let results = try schedule(plan, cache, RecordingExecutor())
        let keys = try DefinitionKeys(plan) { _, source in StepKey("content", ["\(source)"]) }
        let records = CacheRecords(plan, results, keys: keys)
        let image = try #require(plan.stages[1]).configuration(results, plan: plan, epoch: nil)
        let document = try records.embedded(in: image.json())
        #expect(try ImageConfiguration(json: document) == ImageConfiguration(json: image.json()))
        #expect(CacheRecords(document: document)?.steps == records.steps)
        #expect(records.layers == [digest("RUN x"), digest("RUN y")])
        #expect(records.minimal([digest("RUN y")]).steps.count == 1)
    }

    @Test func errorsShowTheLinesAround() {
        let places = ErrorPlaces(name: "Dockerfile", lines: ["FROM a", "", "RUN x \\", "  y", "", "CMD z"])
        let error = places.error(PlanError(.invalid, .init(3, 4), "RUN", "wrong"))
        #expect(error.description == "Dockerfile:3: RUN: wrong")
        #expect(
            error.excerpt == [
                "   1 |     FROM a", "   2 |     ", "   3 | >>> RUN x \\", "   4 | >>>   y", "   5 |     ",
                "   6 |     CMD z",
            ])
    }
}
