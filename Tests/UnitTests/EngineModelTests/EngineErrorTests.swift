import EngineModel
import Primitives
import Testing

struct EngineErrorTests {
    @Test func everyCategoryIsACodeAndTheOtherWayRound() {
        #expect(EngineError.Code.allCases.map(\.rawValue) == ErrorCategory.allCases.map(\.rawValue))
        for code in EngineError.Code.allCases { #expect(EngineError(code, "", "").category.rawValue == code.rawValue) }
    }

    @Test func anErrorOfTheEngineKeepsCodeAndHint() {
        let error = EngineError(.inUse, "volume a", "is used by web", hint: "stop web first")
        #expect(EngineError(error, "volume b") == error)
    }
}
