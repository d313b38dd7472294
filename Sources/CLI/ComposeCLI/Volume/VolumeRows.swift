internal import EngineModel
internal import Primitives

/// The volumes of this host, with who uses them.
struct VolumeRows {
    /// What docker marks volumes by that got their name from it.
    static let anonymousLabel = "com.docker.volume.anonymous"

    let volumes: [Volume]
    /// Names of volumes that containers have.
    private let used: Set<String>

    /// By name.
    init(_ engine: any Engine) throws(EngineError) {
        volumes = try engine.volumes(labels: [:]).sorted { $0.name < $1.name }
        used = Set(try engine.containers(labels: [:]).flatMap { $0.mounts.map(\.name) })
    }

    func isUsed(_ volume: Volume) -> Bool { used.contains(volume.name) }

    static func isAnonymous(_ volume: Volume) -> Bool {
        volume.anonymous || volume.configuration.labels[anonymousLabel] != nil
    }
}
