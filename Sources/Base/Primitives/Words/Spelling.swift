/// Guesses what a misspelt word was meant to be.
public enum Spelling {
    /// The candidate that `word` most likely stands for, in any case of letters; nil if none is near.
    public static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
        if word.utf8.count > 64 { return nil }
        let limit = word.utf8.count <= 4 ? 1 : 2
        let lowercased = word.lowercased()
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where abs(candidate.utf8.count - lowercased.utf8.count) <= limit {
            let distance = distance(lowercased, candidate.lowercased())
            // Half of a short word replaced is another word.
            guard distance <= limit, distance * 2 < word.utf8.count else { continue }
            if let best, (best.distance, best.candidate) <= (distance, candidate) { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    /// `, did you mean db?`, or nothing.
    public static func suggestion(for word: String, among candidates: some Sequence<String>) -> String {
        closest(to: word, among: candidates).map { ", did you mean \($0)?" } ?? ""
    }

    /// `did you mean db?`, or `there is a, b, c`.
    public static func hint(for word: String, among candidates: [String]) -> String {
        closest(to: word, among: candidates).map { "did you mean \($0)?" }
            ?? "there is \(candidates.joined(separator: ", "))"
    }

    /// Insertions, deletions, replacements and swapped neighbours; a hyphen for an underscore costs nothing.
    private static func distance(_ left: String, _ right: String) -> Int {
        let first = left.utf8.map { $0 == 45 ? 95 : $0 }
        let second = right.utf8.map { $0 == 45 ? 95 : $0 }
        var before: [Int] = []
        var row = Array(0...second.count)
        for (position, byte) in first.enumerated() {
            var next = [position + 1]
            for (other, candidate) in second.enumerated() {
                var cost = min(row[other] + (byte == candidate ? 0 : 1), row[other + 1] + 1, next[other] + 1)
                if position > 0, other > 0, byte == second[other - 1], first[position - 1] == candidate {
                    cost = min(cost, before[other - 1] + 1)
                }
                next.append(cost)
            }
            before = row
            row = next
        }
        return row[second.count]
    }
}
