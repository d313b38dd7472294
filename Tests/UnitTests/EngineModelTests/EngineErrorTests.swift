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

    @Test func theSubjectStandsBeforeTheReasonWhereThereIsOne() {
        #expect(EngineError(.inUse, "volume a", "is used").description == "volume a: is used")
        #expect(EngineError(.inUse, "", "is used").description == "is used")
    }

    @Test func anErrorFromElsewhereKeepsItsCategoryAndBecomesTheCause() {
        let inner = GrammarError("is not a size", in: "x")
        let error = EngineError(inner, "container web", doing: "reading its options")
        #expect(error.subject == "container web")
        #expect(error.reason.hasPrefix("reading its options: "))
        #expect(error.causes.count == 1 && error.causes[0].hasPrefix("GrammarError: "))
        #expect(EngineError(EngineError(.noSpace, "", "full"), "volume a").subject == "volume a")
    }

    @Test func whatNobodyCategorisedIsASystemError() {
        struct Unknown: Error {}
        #expect(EngineError.code(for: Unknown()) == .system)
        #expect(EngineError.code(for: EngineError(.cancelled, "", "")) == .cancelled)
    }
}
