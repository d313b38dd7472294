import Dockerfile
import EngineModel
import ImageModel
import LinuxSystem
import Primitives
import Testing

@testable import ImageBuilder

struct ScheduleTests {
    private let stages = """
        FROM a AS one
        RUN x
        FROM b AS two
        RUN y
        FROM c
        COPY --from=one / /1
        COPY --from=two / /2

        """

    @Test func aSecondBuildRunsNothing() throws {
        let cache = MemoryCache()
        let plan = try makePlan(stages)
        let first = try schedule(plan, cache, RecordingExecutor())
        let (executor, log) = (RecordingExecutor(), EventLog())
        let second = try schedule(plan, cache, executor, log: log)
        #expect(executor.ran.isEmpty)
        #expect(second[2] == first[2])
        #expect(log.cached.count == 4)
    }

    @Test func aStageThatOnlyFeedsACachedCopyIsNotRun() throws {
        let cache = MemoryCache()
        _ = try schedule(try makePlan(stages), cache, RecordingExecutor())
        let executor = RecordingExecutor()
        let result = try schedule(try makePlan(stages + "RUN z\n"), cache, executor)
        #expect(executor.ran == ["RUN z"])
        #expect(result.keys.sorted() == [2])
    }

    @Test func equalContentHitsAcrossStages() throws {
        let cache = MemoryCache()
        _ = try schedule(try makePlan("FROM a\nRUN x\nRUN z\n"), cache, RecordingExecutor())
        // The first step is another, but its result is the same.
        let executor = RecordingExecutor { step, _ throws(EngineError) in
            StepResult(layer: digest("RUN x"), size: 1, made: Instant(nanoseconds: 8))
        }
        _ = try schedule(try makePlan("FROM a\nENV E=1\nRUN x\nENV E=\n"), cache, executor)
        let again = RecordingExecutor()
        _ = try schedule(try makePlan("FROM a AS other\nRUN x\nRUN z\n"), cache, again)
        #expect(executor.ran == ["RUN x"])
        #expect(again.ran.isEmpty)
    }

    @Test func nothingIsTakenFromTheCacheWhereThatIsForbidden() throws {
        let cache = MemoryCache()
        _ = try schedule(try makePlan(stages), cache, RecordingExecutor())
        let all = RecordingExecutor()
        _ = try schedule(try makePlan(stages, change: { $0.noCache = true }), cache, all)
        #expect(all.ran.count == 4)
        let one = RecordingExecutor()
        _ = try schedule(try makePlan(stages, change: { $0.noCacheFilter = ["one"] }), cache, one)
        // Its result is the same again, so that what follows is found by content.
        #expect(one.ran == ["RUN x"])
    }

    @Test func independentStagesRunBesideEachOther() throws {
        let (first, second) = (Semaphore(), Semaphore())
        let executor = RecordingExecutor { step, _ throws(EngineError) in
            // Each goes on only when the other has begun.
            if step.instruction == "RUN x" {
                first.signal()
                second.wait()
            } else if step.instruction == "RUN y" {
                second.signal()
                first.wait()
            }
            return nil
        }
        let result = try schedule(try makePlan(stages), MemoryCache(), executor)
        #expect(result[2]?.layers.count == 3)
    }

    @Test func aFailureEndsTheOtherStagesAndKeepsWhatSucceeded() throws {
        let cache = MemoryCache()
        let waiting = Semaphore()
        let executor = RecordingExecutor { step, cancellation throws(EngineError) in
            if step.instruction == "RUN y" {
                let ended = Semaphore()
                let token = cancellation.onCancel { ended.signal() }
                waiting.signal()
                ended.wait()
                cancellation.forget(token)
                throw EngineError(.cancelled, "build", "it was cancelled")
            }
            if step.instruction == "RUN bad" {
                waiting.wait()
                throw EngineError(.startFailed, "RUN", "exit code: 3", exitCode: 3)
            }
            return nil
        }
        let text = stages.replacing("RUN x\n", with: "RUN x\nRUN bad\n")
        do {
            _ = try schedule(try makePlan(text), cache, executor)
            Issue.record("the failure was lost")
        } catch let failure as StepFailure {
            #expect(failure.exitCode == 3)
            #expect(failure.step?.location?.first == 3)
        }
        let again = RecordingExecutor()
        _ = try schedule(try makePlan(text), cache, again)
        #expect(!again.ran.contains("RUN x"))
    }

    @Test func theCallerCanCancel() throws {
        let cancellation = Cancellation()
        let executor = RecordingExecutor { _, inner throws(EngineError) in
            cancellation.cancel()
            return nil
        }
        do {
            _ = try schedule(
                try makePlan("FROM a\nRUN x\nRUN y\n"), MemoryCache(), executor, cancellation: cancellation)
            Issue.record("the cancellation was lost")
        } catch let failure as StepFailure {
            #expect(failure.error.code == .cancelled)
        }
        #expect(executor.ran == ["RUN x"])
    }
}
