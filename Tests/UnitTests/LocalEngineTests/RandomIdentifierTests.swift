import Testing

@testable import LocalEngine

@Suite struct RandomIdentifierTests {
    @Test func identifiersAreSixtyFourDifferentHexDigits() {
        let identifiers = (0..<100).map { _ in RandomIdentifier.make() }
        #expect(Set(identifiers).count == 100)
        #expect(identifiers.allSatisfy { $0.count == 64 && $0.allSatisfy { "0123456789abcdef".contains($0) } })
    }
}
