internal import EngineModel
internal import ImageBuilder
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import TerminalUI

/// What is kept on this host, for `system df`.
struct SystemUsage {
    struct Sized<Value> {
        var value: Value
        var size: Int64
    }

    var images: ImageUsage
    /// With the bytes of their writable layers.
    var containers: [Sized<Container>]
    /// With the bytes in them.
    var volumes: [Sized<Volume>]
    var buildCache: [BuildCacheEntry]

    init(_ engine: any Engine, _ state: StateStore) throws {
        images = try ImageStore(state).usage()
        containers = try engine.containers(labels: [:]).map {
            Sized(value: $0, size: directorySize("\(state.layout.container($0.id))/upper"))
        }
        volumes = try engine.volumes(labels: [:]).map { Sized(value: $0, size: directorySize($0.path)) }
        buildCache = try BuildCache(state).entries()
    }

    /// Containers that have a volume.
    func users(of volume: Volume) -> Int {
        containers.filter { $0.value.mounts.contains { $0.type == "volume" && $0.name == volume.name } }.count
    }

    /// The lines of the summary, with docker's field names.
    var summary: [RecordFields] {
        let active = images.entries.filter { $0.containers > 0 }.count
        let running = containers.filter(\.value.isRunning)
        let used = volumes.filter { users(of: $0.value) > 0 }
        let cached = buildCache.reduce(0) { $0 + $1.size }
        let busy = buildCache.filter(\.inUse)
        return [
            Self.line("Images", images.entries.count, active, images.size, reclaimable: images.reclaimable),
            Self.line(
                "Containers", containers.count, running.count, Self.sum(containers),
                reclaimable: Self.sum(containers) - Self.sum(running)),
            Self.line(
                "Local Volumes", volumes.count, used.count, Self.sum(volumes),
                reclaimable: Self.sum(volumes) - Self.sum(used)),
            Self.line(
                "Build Cache", buildCache.count, busy.count, cached,
                reclaimable: cached - busy.reduce(0) { $0 + $1.size }, percent: false),
        ]
    }

    private static func sum(_ values: [Sized<some Any>]) -> Int64 { values.reduce(0) { $0 + $1.size } }

    private static func line(
        _ type: String, _ total: Int, _ active: Int, _ size: Int64, reclaimable: Int64, percent: Bool = true
    ) -> RecordFields {
        let share = size > 0 && percent ? " (\(reclaimable * 100 / size)%)" : ""
        return [
            ("Active", "\(active)"), ("Reclaimable", HumanText.size(reclaimable) + share),
            ("Size", HumanText.size(size)), ("TotalCount", "\(total)"), ("Type", type),
        ]
    }
}
