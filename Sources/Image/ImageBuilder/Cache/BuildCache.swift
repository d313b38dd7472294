internal import EngineModel
internal import Glibc
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
public import Primitives
public import StateStore
internal import SystemPackage

/// What builds have left to be used again: results of steps, which keep their layers, and the directories of cache
/// mounts. Any thread may use it, and several processes work on the same one.
public struct BuildCache: Sendable {
    let state: StateStore

    public init(_ state: StateStore) {
        self.state = state
    }

    /// Below it are the directories of cache mounts.
    var mountsRoot: String { "\(state.layout.dataRoot)/build-cache/mounts" }
    var locksRoot: String { "\(state.layout.runRoot)/locks" }
}

/// A result or a cache mount, as lists show it.
public struct BuildCacheEntry: Sendable, Hashable {
    /// What the cache keeps.
    public enum Kind: String, Sendable, Hashable {
        case regular, cacheMount = "exec.cachemount"
    }

    /// The key's digits, or the directory's name.
    public var id: String
    /// In BuildKit's words, as `docker buildx du --verbose` shows them.
    public var kind: Kind
    /// The instruction, or the id of the cache mount.
    public var description: String
    /// Digest of the result's layer; empty for a result that changed nothing, and for cache mounts.
    public var layer = ""
    /// Bytes; a layer that several results share counts for the first.
    public var size: Int64
    /// When the result was recorded; for a cache mount the same as ``used``.
    public var made: Instant
    /// When a build last took it from the cache; exact to a minute.
    public var used: Instant
    /// Whether a build works with it now.
    public var inUse: Bool
}

/// The cache as one build sees it: what it finds stays until its lease ends.
struct LeasedBuildCache: StepCache {
    let cache: BuildCache
    let store: ImageStore
    let lease: ContentLease
    /// The time of use that is noted: one for a whole build.
    let now: Instant
    /// Results of other hosts, whose layers may have to be fetched first.
    var imports: [CacheImport] = []

    func lookup(_ key: StepKey) throws(EngineError) -> StepResult? {
        guard let record = try cache.state.buildStep(key.hex) else { return try imported(key) }
        guard let result = StepResult(record) else { return nil }
        if let layer = result.layer, try !store.hasLayer(layer, lease) { return try imported(key) }
        // Once a minute is exact enough, and a build of nothing but known steps writes nothing.
        if now.nanoseconds - record.used.nanoseconds > 60_000_000_000 {
            try cache.state.touchBuildSteps([key.hex], at: now)
        }
        return result
    }

    func record(_ result: StepResult, keys: [StepKey], instruction: String) throws(EngineError) {
        try cache.state.insert(
            keys.map { key in
                BuildStepRecord(
                    key: key.hex, layer: result.layer?.description ?? "", size: result.size, made: result.made,
                    used: now, instruction: instruction)
            })
    }

    func exclusively<Result>(
        _ key: StepKey, cancellation: Cancellation, _ body: () throws(EngineError) -> Result
    ) throws(EngineError) -> Result {
        let path = "\(cache.locksRoot)/build-\(key.hex)"
        let lock = try EngineError.explaining(path, doing: "taking the lock") {
            try Files.makeDirectories(cache.locksRoot)
            return try FileLock(path, deadline: nil, cancellation: cancellation)
        }
        guard let lock else { throw EngineError(.cancelled, "build", "it was cancelled") }
        defer { lock.remove(path) }
        return try body()
    }

    private func imported(_ key: StepKey) throws(EngineError) -> StepResult? {
        for location in imports {
            guard let result = try location.result(key) else { continue }
            try record(result, keys: [key], instruction: location.subject)
            return result
        }
        return nil
    }
}

extension StepResult {
    fileprivate init?(_ record: BuildStepRecord) {
        if record.layer.isEmpty {
            self.init(layer: nil, size: 0, made: record.made)
        } else {
            guard let digest = try? Digest(record.layer) else { return nil }
            self.init(layer: digest, size: record.size, made: record.made)
        }
    }
}
