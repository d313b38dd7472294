/// Actions by deadline: a binary heap that knows where each of them is, so that adding and cancelling take O(log n).
///
/// Of several with one deadline the one that was added first comes first.
struct TimerHeap<Action> {
    private struct Entry {
        var deadline: Int64
        var token: Int
        var action: Action

        func precedes(_ other: Entry) -> Bool {
            deadline != other.deadline ? deadline < other.deadline : token < other.token
        }
    }

    private var entries: [Entry] = []
    /// Index in `entries` by token.
    private var places: [Int: Int] = [:]
    private var lastToken = 0

    var count: Int { entries.count }

    /// The earliest deadline; nil when the heap is empty.
    var nextDeadline: Int64? { entries.first?.deadline }

    /// - Returns: a token for ``cancel(_:)``, never 0 and never given twice.
    mutating func add(_ action: Action, at deadline: Int64) -> Int {
        lastToken += 1
        entries.append(Entry(deadline: deadline, token: lastToken, action: action))
        places[lastToken] = entries.count - 1
        rise(from: entries.count - 1)
        return lastToken
    }

    /// Takes the action away; there need not be one.
    mutating func cancel(_ token: Int) {
        if let place = places[token] { _ = remove(at: place) }
    }

    /// Takes the earliest action if its deadline is not after `time`.
    mutating func takeFirst(dueAt time: Int64) -> Action? {
        guard let first = entries.first, first.deadline <= time else { return nil }
        return remove(at: 0)
    }

    private mutating func remove(at place: Int) -> Action {
        let last = entries.count - 1
        if place != last { exchange(place, last) }
        let removed = entries.removeLast()
        places[removed.token] = nil
        if place != last {
            rise(from: place)
            sink(from: place)
        }
        return removed.action
    }

    private mutating func rise(from start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard entries[place].precedes(entries[parent]) else { return }
            exchange(place, parent)
            place = parent
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var first = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
                if entries[child].precedes(entries[first]) { first = child }
            }
            if first == place { return }
            exchange(place, first)
            place = first
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        entries.swapAt(one, other)
        places[entries[one].token] = one
        places[entries[other].token] = other
    }
}
