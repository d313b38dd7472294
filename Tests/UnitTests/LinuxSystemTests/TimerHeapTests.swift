import Testing

@testable import LinuxSystem

struct TimerHeapTests {
    @Test func actionsComeByDeadlineAndThenByAge() {
        var heap = TimerHeap<String>()
        _ = heap.add("b", at: 20)
        _ = heap.add("c", at: 20)
        _ = heap.add("d", at: 30)
        _ = heap.add("a", at: 10)
        #expect(heap.nextDeadline == 10)
        #expect(drain(&heap, until: 25) == ["a", "b", "c"])
        #expect(heap.nextDeadline == 30)
        #expect(heap.takeFirst(dueAt: 29) == nil)
        #expect(drain(&heap, until: 30) == ["d"])
        #expect(heap.nextDeadline == nil)
    }

    @Test func aCancelledActionDoesNotCome() {
        var heap = TimerHeap<Int>()
        let tokens = (0..<10).map { heap.add($0, at: Int64($0 % 3)) }
        for number in [0, 4, 9] { heap.cancel(tokens[number]) }
        heap.cancel(tokens[4])
        heap.cancel(0)
        #expect(heap.count == 7)
        #expect(drain(&heap, until: 2) == [3, 6, 1, 7, 2, 5, 8])
    }

    @Test func aTokenOfAnActionThatCameCancelsNothing() {
        var heap = TimerHeap<Int>()
        let first = heap.add(1, at: 1)
        #expect(heap.takeFirst(dueAt: 1) == 1)
        _ = heap.add(2, at: 2)
        heap.cancel(first)
        #expect(heap.count == 1)
    }

    /// Compared with a sorted list, over many orders of adding, cancelling and taking.
    @Test func itAgreesWithASortedList() {
        var random = SplitMix(state: 7)
        for _ in 0..<50 {
            var heap = TimerHeap<Int>()
            var list: [(deadline: Int64, token: Int, action: Int)] = []
            for action in 0..<200 {
                switch random.next() % 4 {
                case 0 where !list.isEmpty:
                    let gone = list.remove(at: Int(random.next() % UInt64(list.count)))
                    heap.cancel(gone.token)
                case 1:
                    let time = Int64(random.next() % 100)
                    let due = list.filter { $0.deadline <= time }.map(\.action)
                    list.removeAll { $0.deadline <= time }
                    #expect(drain(&heap, until: time) == due)
                default:
                    let deadline = Int64(random.next() % 100)
                    let token = heap.add(action, at: deadline)
                    let place = list.firstIndex { $0.deadline > deadline } ?? list.endIndex
                    list.insert((deadline, token, action), at: place)
                }
            }
        }
    }

    private func drain<Action>(_ heap: inout TimerHeap<Action>, until time: Int64) -> [Action] {
        var actions: [Action] = []
        while let action = heap.takeFirst(dueAt: time) { actions.append(action) }
        return actions
    }
}

/// Numbers that are the same in every run.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
