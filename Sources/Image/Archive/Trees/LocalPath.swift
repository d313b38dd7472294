/// A path inside a tree: no empty, `.` or `..` components, nothing before the first.
struct LocalPath: Hashable {
    /// Components joined with `/`, ended with NUL; only the NUL for the tree's root.
    let whole: [CChar]
    /// Index of the last component in ``whole``.
    private let last: Int

    var isRoot: Bool { whole.count == 1 }
    /// The last component, ended with NUL.
    var name: [CChar] { Array(whole[last...]) }

    /// Refuses `..` anywhere, paths beyond 4096 bytes and 255 levels. A leading `/` means the tree's root.
    init(_ bytes: [UInt8]) throws(ArchiveError) {
        var cleaned: [CChar] = []
        cleaned.reserveCapacity(bytes.count + 1)
        var start = 0
        var depth = 0
        for component in bytes.split(separator: 0x2f) where component != [0x2e] {
            if component.elementsEqual([0x2e, 0x2e]) {
                throw ArchiveError(.unsafe, shown(bytes), "a name in the archive must not hold \"..\"")
            }
            if component.contains(0) { throw ArchiveError(.malformed, shown(bytes), "a name holds a NUL byte") }
            if !cleaned.isEmpty { cleaned.append(0x2f) }
            start = cleaned.count
            cleaned.append(contentsOf: component.lazy.map { CChar(bitPattern: $0) })
            depth += 1
        }
        if cleaned.count >= 4096 || depth > 255 {
            throw ArchiveError(.limit, shown(bytes), "the name is longer than 4095 bytes or 255 levels")
        }
        cleaned.append(0)
        whole = cleaned
        last = start
    }

    private init(whole: [CChar], last: Int) {
        self.whole = whole
        self.last = last
    }

    /// nil for the root and what lies directly in it.
    var parent: LocalPath? {
        guard last > 0 else { return nil }
        let head = Array(whole[..<(last - 1)])
        let start = (head.lastIndex(of: 0x2f) ?? -1) + 1
        return LocalPath(whole: head + [0], last: start)
    }

    var printable: String { shown(whole.dropLast().map { UInt8(bitPattern: $0) }) }
}
