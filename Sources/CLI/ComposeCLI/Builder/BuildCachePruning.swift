internal import ArgumentParser
internal import ImageBuilder
internal import ImageModel
internal import ImageStore
internal import StateStore
internal import TerminalUI

/// Removes what builds have left: results that no image has, and cache mounts.
struct BuildCachePruning {
    private let images: ImageStore
    private let cache: BuildCache

    init(_ images: ImageStore, _ state: StateStore) {
        self.images = images
        cache = BuildCache(state)
    }

    /// - Parameter all: also the results that images have; their layers stay with the images.
    /// - Returns: what was removed.
    func run(all: Bool, _ filter: ImageFilter) throws -> [BuildCacheEntry] {
        let used = all ? [] : Set(try images.list().flatMap { $0.diffIDs.map(\.description) })
        return try cache.prune(notUsedSince: filter.until, keeping: used)
    }
}
