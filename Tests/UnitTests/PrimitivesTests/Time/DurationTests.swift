import Primitives
import Testing

struct DurationTests {
    @Test(arguments: [
        ("1m30s", "1m30s"), ("90s", "1m30s"), ("1d", "24h0m0s"), ("1w", "168h0m0s"), ("1.5s", "1.5s"),
        ("250ms", "250ms"), ("0", "0s"), ("1h1m1.001s", "1h1m1.001s"), ("-2us", "-2µs"), ("5ns", "5ns"),
        ("+1µs", "1µs"), (".5s", "500ms"), ("1.s", "1s"),
    ])
    func whatIsReadIsWrittenAsGoDoes(text: String, written: String) throws {
        #expect(try Duration(parsing: text).text == written)
    }

    @Test(arguments: [
        ("", 0), ("10", 0), ("1y", 0), ("s", 0), ("1.2.3s", 0), ("99999999999999h", 0), ("-", 1), ("1h3x", 2),
        ("1m 30s", 0), ("１s", 0),
    ])
    func anythingElseIsRefusedAtItsPlace(text: String, offset: Int) {
        let error = #expect(throws: GrammarError.self) { try Duration(parsing: text) }
        #expect(error?.offset == offset)
        #expect(error?.text == text)
    }

    @Test func daysAreNoUnitOfGo() throws {
        #expect(try Duration(parsing: "1h", days: false) == .seconds(3600))
        #expect(throws: GrammarError.self) { try Duration(parsing: "1d", days: false) }
        #expect(throws: GrammarError.self) { try Duration(parsing: "1w", days: false) }
    }

    @Test func nanosecondsReachTheirLimitAndStayThere() {
        #expect(Duration.seconds(-2).nanoseconds == -2_000_000_000)
        #expect(Duration.milliseconds(-1500).nanoseconds == -1_500_000_000)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
    }
}
