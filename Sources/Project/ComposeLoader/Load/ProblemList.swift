/// What was found to be wrong so far, each thing once.
///
/// A value that is wrong is reported, its path spoiled, and loading goes on without it: what would only follow from
/// the mistake is asked for here and kept quiet.
struct ProblemList {
    /// How many are told; the others are counted.
    static let told = 100
    private static let kept = 2000
    /// A key that spoils what is said to be missing beside it.
    static let missing = "?"

    private var found: [Diagnostic] = []
    private var known: Set<Diagnostic> = []
    private var untold = 0
    private var spoiled: Set<String> = []
    /// Something could not be read: what seems to be missing may stand there.
    var isIncomplete = false

    var isEmpty: Bool { found.isEmpty }
    /// Whether further problems are only counted.
    var isFull: Bool { found.count >= Self.kept }

    mutating func count() { untold += 1 }

    mutating func add(_ failure: LoadFailure) {
        for problem in failure.problems { add(problem) }
        untold += failure.more
    }

    mutating func add(_ problem: Diagnostic) {
        guard found.count < Self.kept else {
            untold += 1
            return
        }
        var key = problem
        key.source = nil
        if known.insert(key).inserted { found.append(problem) }
    }

    mutating func spoil(_ path: String) {
        if spoiled.count < 4 * Self.kept { spoiled.insert(path) } else { isIncomplete = true }
    }

    /// Whether the value there, or one it stands in, is wrong.
    func isSpoiled(_ path: [String]) -> Bool {
        if found.isEmpty { return false }
        if isIncomplete { return true }
        return path.indices.contains {
            spoiled.contains(joined(path[...$0])) || spoiled.contains(joined(path[..<$0] + [Self.missing]))
        }
    }

    /// All problems in the order of `files` and places; those without a place come last.
    func failure(files: [String]) -> LoadFailure {
        var ranks: [String: Int] = [:]
        for (rank, file) in files.enumerated() where ranks[file] == nil { ranks[file] = rank }
        func key(_ problem: Diagnostic) -> (Int, Int, Int) {
            (problem.file.map { ranks[$0] ?? files.count } ?? Int.max, problem.line, problem.column)
        }
        let sorted = found.enumerated().sorted {
            let (left, right) = (key($0.element), key($1.element))
            return left == right ? $0.offset < $1.offset : left < right
        }
        var failure = LoadFailure(sorted.prefix(Self.told).map(\.element))
        failure.more = found.count - failure.problems.count + untold
        return failure
    }
}
