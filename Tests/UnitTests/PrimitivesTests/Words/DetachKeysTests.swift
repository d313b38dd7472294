import Primitives
import Testing

struct DetachKeysTests {
    @Test func keysAreWrittenAsDockerWritesThem() throws {
        #expect(try DetachKeys(parsing: "ctrl-p,ctrl-q") == .standard)
        #expect(try DetachKeys(parsing: "ctrl-@,ctrl-[,ctrl-_,a,Z,~").bytes == [0, 27, 31, 0x61, 0x5A, 0x7E])
    }

    @Test(arguments: ["", "ctrl-", "ctrl-A", "ctrl-ab", "xx", "a,", "é", "ctrl-`"])
    func whatIsNoKeyIsRefused(_ text: String) {
        #expect(throws: GrammarError.self) { try DetachKeys(parsing: text) }
    }

    @Test func whatIsTypedBeforeTheKeysIsPassedOn() {
        var matcher = DetachKeyMatcher(.standard)
        let first = matcher.take([0x61, 0x10])
        #expect(first.passed == [0x61] && !first.detached)
        let second = matcher.take([0x11, 0x62])
        #expect(second.passed == [] && second.detached)
    }

    @Test func aBeginningThatGoesOnOtherwiseIsNotLost() throws {
        var matcher = DetachKeyMatcher(.standard)
        #expect(matcher.take([0x10, 0x61]).passed == [0x10, 0x61])
        let again = matcher.take([0x10, 0x10, 0x11])
        #expect(again.passed == [0x10] && again.detached)
        var long = DetachKeyMatcher(try DetachKeys(parsing: "a,b,c"))
        #expect(long.take(Array("ababc".utf8)).passed == Array("ab".utf8))
    }
}
