public import EngineModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Supervisor
internal import SystemPackage

extension LocalEngine {
    public func volumes(labels: [String: String?]) throws(EngineError) -> [Volume] {
        try store.volumes(labels: labels)
    }

    public func volume(named name: String) throws(EngineError) -> Volume? {
        try store.volume(named: name)
    }

    public func createVolume(_ configuration: VolumeConfiguration) throws(EngineError) {
        let name = configuration.name
        guard Self.isVolumeName(name) else {
            throw EngineError(
                .invalid, "volume \(name)", "a volume's name consists of letters, digits, `_`, `.` and `-`")
        }
        if let driver = configuration.driver, driver != "local", !driver.isEmpty {
            throw EngineError(
                .unsupported, "volume \(name)", "there is no driver \"\(driver)\"", hint: "use the driver local")
        }
        let volume = Volume(
            configuration: configuration, created: .now(), path: try path(of: configuration), anonymous: false)
        sweepVolumes()
        try VolumeFiles(store).make(volume)
        noteCreation(of: volume)
    }

    /// Where what the volume holds is found on the host.
    private func path(of configuration: VolumeConfiguration) throws(EngineError) -> String {
        let name = configuration.name
        switch try configuration.source {
        case .directory: return layout.volumeData(name)
        case .bind(let device, _):
            if !Files.exists(device) {
                throw EngineError(.notFound, "volume \(name)", "its device \(device) does not exist")
            }
            return device
        case .fileSystem: return layout.volumeMount(name)
        }
    }

    /// A volume of a container alone, which is recorded with it.
    func prepareAnonymousVolume() throws(EngineError) -> PreparedVolume {
        let name = RandomIdentifier.make()
        var configuration = VolumeConfiguration(name: name)
        configuration.labels["com.docker.volume.anonymous"] = ""
        return try VolumeFiles(store).prepare(
            Volume(
                configuration: configuration, created: .now(), path: layout.volumeData(name), anonymous: true))
    }

    func noteCreation(of volume: Volume) {
        note(
            Event(
                time: .now(), type: "volume", action: "create", id: volume.name,
                attributes: volume.configuration.labels.merging(["driver": "local"]) { $1 }))
    }

    public func removeVolume(_ name: String) throws(EngineError) {
        guard try store.volume(named: name) != nil else {
            throw EngineError(.notFound, "volume \(name)", "there is no such volume")
        }
        let users = try store.containers().filter { $0.container.mounts.contains { $0.name == name } }
        if !users.isEmpty {
            throw EngineError(
                .inUse, "volume \(name)", "containers use it: \(users.map(\.name).joined(separator: ", "))")
        }
        sweepVolumes()
        try MountedVolumes(layout).unmount(name)
        try VolumeFiles(store).remove(name)
        note(Event(time: .now(), type: "volume", action: "destroy", id: name, attributes: ["driver": "local"]))
    }

    /// Ends removals of volumes that were killed. What cannot be swept now is swept by a later command.
    func sweepVolumes() {
        try? VolumeFiles(store).sweep()
    }

    private static func isVolumeName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != 0x2e, first != 0x2d else { return false }
        return name.utf8.count <= 255
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == 0x5f || byte == 0x2e || byte == 0x2d
            }
    }
}
