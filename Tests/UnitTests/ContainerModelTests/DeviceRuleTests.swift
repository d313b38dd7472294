import ContainerModel
import Primitives
import Testing

struct DeviceRuleTests {
    @Test(arguments: ["c 1:3 rwm", "b 8:* r", "a *:* rwm", "c *:5 m"]) func rulesReadAsTheyPrint(line: String) throws {
        #expect(try DeviceRule(parsing: line).description == line)
    }

    @Test(arguments: ["", "c 1:3", "c 1 rwm", "x 1:3 rwm", "c 1:3 rx", "c -1:3 r", "c 1:2:3 r", "c 99999999999:1 r"])
    func malformedRulesAreRefused(line: String) {
        #expect(throws: GrammarError.self) { try DeviceRule(parsing: line) }
    }
}
