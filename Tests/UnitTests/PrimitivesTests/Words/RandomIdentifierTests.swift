import Primitives
import Testing

struct RandomIdentifierTests {
    @Test(arguments: [64, 12, 16, 1])
    func identifiersAreHexDigitsAndDifferent(count: Int) {
        let identifiers = (0..<100).map { _ in RandomIdentifier.make(digits: count) }
        #expect(identifiers.allSatisfy { $0.count == count && $0.allSatisfy { "0123456789abcdef".contains($0) } })
        if count > 8 { #expect(Set(identifiers).count == 100) }
    }
}
