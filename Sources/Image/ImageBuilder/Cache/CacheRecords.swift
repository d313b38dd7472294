internal import EngineModel
internal import FoundationEssentials
internal import ImageModel
internal import Primitives

/// Results of steps in the form in which they leave this host: a member of an image's configuration.
struct CacheRecords: Codable, Sendable {
    struct Step: Codable, Sendable, Hashable {
        var key: String
        /// nil: nothing was changed.
        var layer: Digest?
        var size: Int64
        /// Nanoseconds since 1970.
        var made: Int64
    }

    var version = 1
    var steps: [Step] = []

    /// What the member is called.
    static let member = "io.compose.buildcache.v1"

    /// The steps of all stages that were gone through.
    init(_ plan: BuildPlan, _ results: [Int: StageResult], keys: DefinitionKeys) {
        for index in plan.order {
            guard let result = results[index] else { continue }
            for (key, step) in zip(keys.steps[index] ?? [], result.steps) {
                steps.append(
                    Step(key: key.hex, layer: step.layer, size: step.size, made: step.made.nanoseconds))
            }
        }
    }

    /// Reads them from an image's configuration; nil if it has none.
    init?(document: [UInt8]) {
        struct Members: Decodable {
            var cache: CacheRecords?
            enum CodingKeys: String, CodingKey { case cache = "io.compose.buildcache.v1" }
        }
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(document)), let cache = members.cache,
            cache.version == 1, cache.steps.count <= 4096
        else { return nil }
        self = cache
    }

    /// Only the steps whose results are among these layers, or changed nothing.
    func minimal(_ layers: [Digest]) -> CacheRecords {
        var copy = self
        let known = Set(layers)
        copy.steps.removeAll { step in step.layer.map { !known.contains($0) } ?? false }
        return copy
    }

    var layers: [Digest] {
        var seen = Set<Digest>()
        return steps.compactMap(\.layer).filter { seen.insert($0).inserted }
    }

    /// A configuration's document with the records in it.
    func embedded(in document: [UInt8]) throws(EngineError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let member = Array("\"\(Self.member)\":".utf8) + Array(try encoder.encode(self))
            guard document.last == UInt8(ascii: "}"), document.count > 2 else { return document }
            return document.dropLast() + [UInt8(ascii: ",")] + member + [UInt8(ascii: "}")]
        } catch {
            throw EngineError(.system, "build cache", "its records cannot be written as JSON: \(error)")
        }
    }
}
