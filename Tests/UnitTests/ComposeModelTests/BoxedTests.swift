import ComposeModel
import Testing

struct BoxedTests {
    private struct Part: Sendable, Hashable {
        var number = 0
    }

    private struct Whole: Sendable, Hashable {
        @Boxed var part: Part?
    }

    @Test func boxesAreEqualWhenTheirValuesAre() {
        var left = Whole()
        var right = Whole()
        #expect(left == right)
        left.part = Part(number: 1)
        #expect(left != right)
        right.part = Part(number: 1)
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
    }

    @Test func aCopyKeepsItsValueWhenTheOtherChanges() {
        var first = Whole()
        first.part = Part(number: 1)
        let copy = first
        first.part?.number = 2
        #expect(copy.part?.number == 1)
        #expect(first.part?.number == 2)
    }

    @Test func anEmptyBoxIsOneWord() {
        #expect(MemoryLayout<Boxed<Part>>.size == MemoryLayout<Int>.size)
    }
}
