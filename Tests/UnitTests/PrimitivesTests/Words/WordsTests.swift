import Primitives
import Testing

struct WordsTests {
    @Test(
        arguments: [
            ("A=1", "A", "1"), ("A", "A", nil), ("A=", "A", ""), ("A=b=c", "A", "b=c"), ("=x", "", "x"), ("", "", nil),
        ] as [(String, String, String?)])
    func anAssignmentIsSplitAtItsFirstSign(text: String, name: String, value: String?) {
        #expect(Assignment(parsing: text) == Assignment(name, value))
    }

    @Test(
        arguments: [
            ("", nil, nil), ("app", .name("app"), nil), ("1000", .id(1000), nil),
            ("app:web", .name("app"), .name("web")),
            ("0:5", .id(0), .id(5)), (":web", nil, .name("web")), ("1a", .name("1a"), nil), ("１", .name("１"), nil),
            ("2147483647", .id(2_147_483_647), nil),
        ] as [(String, UserSpecification.Part?, UserSpecification.Part?)])
    func aUserHasANameOrANumberAndMayHaveAGroup(
        text: String, user: UserSpecification.Part?, group: UserSpecification.Part?
    ) throws {
        #expect(try UserSpecification(parsing: text) == UserSpecification(user: user, group: group))
    }

    @Test(arguments: ["a:", ":", "a:b:c", "2147483648", "0:99999999999"])
    func anythingElseIsRefused(text: String) {
        #expect(throws: GrammarError.self) { try UserSpecification(parsing: text) }
    }

    @Test func paddingNeverCuts() {
        #expect("7".leftPadded(to: 3) == "007")
        #expect("1234".leftPadded(to: 3) == "1234")
        #expect("a".leftPadded(to: 2, with: " ") == " a")
    }
}
