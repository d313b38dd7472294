import Primitives
import Testing

private struct Leaf: Explained {
    var category = ErrorCategory.noSpace
    var subject = ""
    var reason = "no space left"
    var causes: [String] = []
}

private struct Surface: Explaining, Equatable {
    var code: ErrorCategory
    var subject: String
    var reason: String
    var causes: [String] = []
    var category: ErrorCategory { code }

    init(_ code: ErrorCategory, _ subject: String, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    static func code(for error: any Error) -> ErrorCategory { (error as? any Explained)?.category ?? .system }
}

private struct Strange: Error {}

struct ExplainedTests {
    private func explained(_ error: any Error, _ subject: String = "", doing action: String = "") -> Surface? {
        do throws(Surface) {
            try Surface.explaining(subject, doing: action) { throw error }
            return nil
        } catch {
            return error
        }
    }

    @Test func anErrorGetsSubjectAndAction() {
        let error = explained(Leaf(), "/data", doing: "writing it")
        #expect(error?.description == "/data: writing it: no space left")
        #expect(error?.code == .noSpace)
    }

    @Test func theSubjectOfTheCauseFollowsUnlessItIsTheSame() {
        #expect(explained(Leaf(subject: "a"), "layer")?.description == "layer: a: no space left")
        #expect(explained(Leaf(subject: "a"), "a")?.description == "a: no space left")
        #expect(explained(Leaf(subject: "a"))?.description == "a: no space left")
    }

    @Test func aTakenPortIsNamedByItself() {
        let port = Leaf(category: .portTaken, subject: "port 80/tcp", reason: "is in use")
        #expect(explained(port, "network front")?.description == "port 80/tcp: is in use")
    }

    @Test func causesAreKeptFromTheNearestToTheDeepest() {
        let error = explained(Leaf(causes: ["Errno: No space left on device"]), "/data", doing: "writing it")
        #expect(error?.causes == ["Leaf: no space left", "Errno: No space left on device"])
    }

    @Test func anErrorOfTheTypeStaysWhatItIs() {
        #expect(explained(Surface(.invalid, "", "is wrong"), "a", doing: "x") == Surface(.invalid, "a", "is wrong"))
        #expect(explained(Surface(.invalid, "b", "is wrong"), "a") == Surface(.invalid, "b", "is wrong"))
    }

    @Test func anErrorWithoutExplanationTellsItsText() {
        let error = explained(Strange(), "a")
        #expect(error?.description == "a: Strange()")
        #expect(error?.code == .system)
    }

    @Test func whatSucceedsGivesItsResult() throws {
        #expect(try Surface.explaining { 5 } == 5)
    }
}
