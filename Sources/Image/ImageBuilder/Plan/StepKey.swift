internal import Digests
internal import ImageModel

/// Digits that stand for everything a result depends on: equal keys, equal result.
struct StepKey: Hashable, Sendable, CustomStringConvertible {
    let hex: String

    init(hex: String) {
        self.hex = hex
    }

    /// The key of what these values, in this order, determine.
    init(_ kind: String, _ values: [String]) {
        var hash = SHA256()
        for value in [kind] + values {
            let bytes = Array(value.utf8)
            // With the length in front no two lists give the same bytes.
            hash.update(Array("\(bytes.count):".utf8))
            hash.update(bytes)
        }
        hex = hash.finish()
    }

    /// The key of a root file system: of what its layers hold, whatever images they belong to.
    init(layers: [Digest]) {
        self.init("layers", layers.map(\.hex))
    }

    var description: String { hex }
}
