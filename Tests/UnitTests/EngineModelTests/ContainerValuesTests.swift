import EngineModel
import FoundationEssentials
import Primitives
import Testing

struct ContainerValuesTests {
    @Test func aHealthcheckIsRecordedInNanoseconds() throws {
        let check = Healthcheck(
            test: ["CMD", "true"], interval: .seconds(5), startPeriod: .milliseconds(1), retries: 2)
        let data = try JSONEncoder().encode(check)
        #expect(try JSONValue(parsing: Array(data))["interval"] == 5_000_000_000)
        #expect(try JSONDecoder().decode(Healthcheck.self, from: data) == check)
    }

    @Test func zeroInOldRecordsIsNotSet() throws {
        let old = """
            {"test":[],"interval":0,"timeout":3000000000,"startPeriod":0,"startInterval":0,"retries":0}
            """
        let check = try JSONDecoder().decode(Healthcheck.self, from: Data(old.utf8))
        #expect(check == Healthcheck(timeout: .seconds(3)))
        #expect(check.interval == nil && check.retries == nil)
    }

    @Test func aServicesCheckIsCompletedFromTheImages() {
        let own = Healthcheck(interval: .seconds(1), retries: 0)
        let image = Healthcheck(test: ["CMD", "x"], interval: .seconds(9), timeout: .seconds(8), retries: 7)
        #expect(
            own.completed(from: image)
                == Healthcheck(test: ["CMD", "x"], interval: .seconds(1), timeout: .seconds(8), retries: 7))
    }

    @Test(
        arguments: [
            ("", .no), ("no", .no), ("always", .always), ("unless-stopped", .unlessStopped),
            ("on-failure", .onFailure(maximumRetries: 0)), ("on-failure:3", .onFailure(maximumRetries: 3)),
        ] as [(String, RestartPolicy)])
    func aRestartPolicyIsRead(text: String, policy: RestartPolicy) throws {
        #expect(try RestartPolicy(parsing: text) == policy)
    }

    @Test(arguments: ["sometimes", "on-failure:x", "on-failure:-1", "Always"])
    func anotherRestartPolicyIsRefused(text: String) {
        #expect(throws: GrammarError.self) { try RestartPolicy(parsing: text) }
    }
}
