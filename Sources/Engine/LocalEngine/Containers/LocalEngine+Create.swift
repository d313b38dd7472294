internal import ContainerModel
internal import ContainerRuntime
public import EngineModel
internal import Glibc
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Supervisor
internal import SystemPackage

extension LocalEngine {
    public func createContainer(_ wanted: ContainerConfiguration) throws(EngineError) -> String {
        try Preflight.hasOverlay()
        sweepVolumes()
        let configuration = try withIDs(wanted)
        try Self.checkName(configuration.name)
        if let problem = LogSettings(configuration.logging).problems.first {
            throw EngineError(.invalid, "container \(configuration.name)", problem.reason)
        }
        if let other = try store.container(matching: configuration.name), other.name == configuration.name {
            throw EngineError(
                .conflict, "container \(configuration.name)",
                "the name is in use by container \(other.id.prefix(12))",
                hint: "remove or rename that container to be able to reuse the name")
        }
        guard let image = try images.resolve(configuration.image) else {
            throw EngineError(
                .notFound, "image \(configuration.image)", "it is not on this host",
                hint: "load it with `compose image load -i FILE`")
        }
        if !images.isWhole(image) {
            throw EngineError(
                .notFound, "image \(configuration.image)", "layers of it are missing on the disk",
                hint: "load, pull or build it again")
        }
        try DeviceInterface.check(configuration.deviceRequests)
        let process = try ProcessDefaults(configuration, image: image.configuration)
        try makeSharedBridge(for: configuration)
        for attachment in configuration.networks where try store.network(matching: attachment.network) == nil {
            throw EngineError(.notFound, "network \(attachment.network)", "there is no such network")
        }

        let id = RandomIdentifier.make()
        let directory = layout.container(id)
        var mounts = MountResolver.Resolution()
        do throws(EngineError) {
            let made = try makeDirectory(id, container: configuration.name)
            try MountResolver(engine: self, configuration: configuration, image: image, directory: directory)
                .resolve(into: &mounts)
            let record = try record(id, configuration, image, process, directory, mounts)
            let volumes = mounts.made.map(\.volume)
            try store.transaction {
                for volume in volumes { try store.insert(volume) }
                try store.insert(record)
            }
            made.keep()
            for volume in volumes { noteCreation(of: volume) }
            // Another command may just have removed its last container there.
            try makeSharedBridge(for: configuration)
            note(Event("create", of: record))
            warnOfConfinement(configuration)
            return id
        } catch {
            if hasNoRecord(id) { for made in mounts.made { try? VolumeFiles(store).remove(made.volume.name) } }
            throw error
        }
    }

    /// For certain.
    func hasNoRecord(_ id: String) -> Bool {
        do throws(EngineError) {
            return try store.container(id: id) == nil
        } catch {
            return false
        }
    }

    private func makeSharedBridge(for configuration: ContainerConfiguration) throws(EngineError) {
        guard SharedBridge.isUsed(by: configuration), try store.network(matching: SharedBridge.name) == nil else {
            return
        }
        do throws(EngineError) {
            try createNetwork(NetworkConfiguration(name: SharedBridge.name))
        } catch {
            // Another command was faster.
            if error.code != .conflict { throw error }
        }
    }

    /// Where AppArmor is on but cannot be used, who counts on it should know.
    private func warnOfConfinement(_ configuration: ContainerConfiguration) {
        guard !configuration.privileged, !configuration.securityOpt.contains(where: { $0.hasPrefix("apparmor") }) else {
            return
        }
        if let gap = try? runtimeEnvironment().appArmor?.gap { warn([gap]) }
    }

    /// The containers whose namespaces are shared by their ids: names may go over to others.
    private func withIDs(_ configuration: ContainerConfiguration) throws(EngineError) -> ContainerConfiguration {
        func resolved(_ mode: NamespaceMode) throws(EngineError) -> NamespaceMode {
            if case .container(let name) = mode { return .container(try record(name).id) }
            return mode
        }
        var configuration = configuration
        configuration.pid = try resolved(configuration.pid)
        configuration.ipc = try resolved(configuration.ipc)
        configuration.uts = try resolved(configuration.uts)
        configuration.cgroup = try resolved(configuration.cgroup)
        if case .container(let name) = configuration.networkMode {
            configuration.networkMode = .container(try record(name).id)
        }
        return configuration
    }

    private func record(
        _ id: String, _ configuration: ContainerConfiguration, _ image: StoredImage, _ process: ProcessDefaults,
        _ directory: String, _ mounts: MountResolver.Resolution
    ) throws(EngineError) -> ContainerRecord {
        let generated = try generatedMounts(configuration, directory, besides: mounts.specs)
        let spec = try ContainerSpec(
            id: id, configuration: configuration, process: process, layers: image.layers, directory: directory,
            mounts: generated + mounts.specs, inheritedHostname: try inheritedHostname(configuration))
        var configuration = configuration
        configuration.stopSignal = process.stopSignal
        configuration.healthcheck = Self.healthcheck(configuration.healthcheck, image: image.configuration.healthcheck)
        configuration.exposedPorts = Array(
            Set(configuration.exposedPorts).union(image.configuration.exposedPorts)
        ).sorted()
        configuration.labels = image.configuration.labels.merging(configuration.labels) { $1 }
        var container = Container(
            id: id, name: configuration.name, imageID: image.id, configuration: configuration,
            arguments: process.arguments, created: .now())
        container.mounts = mounts.points
        return try ContainerRecord(container: container, spec: spec)
    }

    /// The directory of a container in the making. What a killed command began is told from it by its lock, and from
    /// what is there to stay by the record, which has to be written before the lock is let go.
    private func makeDirectory(_ id: String, container: String) throws(EngineError) -> TemporaryDirectory {
        do throws(Errno) {
            let made = try TemporaryDirectories(layout.containers).make(id)
            try Files.makeDirectories(made.path + "/upper", mode: 0o755)
            try Files.makeDirectories(made.path + "/work")
            return made
        } catch {
            throw EngineError(error, "container \(container)", doing: "its directory cannot be made")
        }
    }

    /// `/etc/hosts` and its like, written by the supervisor before each start, and the files that the caller gave. They
    /// lie on the host's disk, but count as the container's root: where that is read-only, so are they.
    private func generatedMounts(
        _ configuration: ContainerConfiguration, _ directory: String, besides mounts: [MountSpec]
    ) throws(EngineError) -> [MountSpec] {
        let taken = Set(mounts.map(\.target))
        var generated: [MountSpec] = []
        for file in ["hosts", "hostname", "resolv.conf"] where !taken.contains("/etc/\(file)") {
            let source = MountSpec.Source.generated(path: "\(directory)/\(file)")
            generated.append(
                MountSpec(source: source, target: "/etc/\(file)", readOnly: configuration.readOnlyRoot))
        }
        for (index, file) in configuration.files.enumerated() where !taken.contains(file.target) {
            let path = "\(directory)/files/\(index)"
            do throws(Errno) {
                try Files.makeDirectories(directory + "/files")
                try Files.replace(path, with: Array(file.content.utf8), mode: file.mode, durable: true)
                try systemCall { chown(path, file.uid, file.gid) }
                try systemCall { chmod(path, file.mode) }
            } catch {
                throw EngineError(error, "container \(configuration.name)", doing: "\(file.target) cannot be written")
            }
            generated.append(
                MountSpec(
                    source: .generated(path: path), target: file.target, readOnly: configuration.readOnlyRoot))
        }
        return generated
    }

    /// The name of the host or container whose network is shared, as its own name is what resolves there.
    private func inheritedHostname(_ configuration: ContainerConfiguration) throws(EngineError) -> String? {
        switch configuration.networkMode {
        case .networks, .none: return nil
        case .container(let id): return try record(id).spec().hostname
        case .host: return hostName()
        }
    }

    /// The service's check with what it leaves open taken from the image's.
    private static func healthcheck(_ own: Healthcheck?, image: Healthcheck?) -> Healthcheck? {
        guard let check = own else { return image?.test.first == "NONE" ? nil : image }
        if check.test.first == "NONE" { return nil }
        guard let image else { return check.test.isEmpty ? nil : check }
        return check.completed(from: image)
    }

    private static func checkName(_ name: String) throws(EngineError) {
        let bytes = Array(name.utf8)
        let valid =
            bytes.count >= 2 && bytes.count <= 255 && bytes[0].isLetterOrDigit
            && bytes.allSatisfy { $0.isLetterOrDigit || $0 == 0x5f || $0 == 0x2e || $0 == 0x2d }
        if valid { return }
        throw EngineError(
            .invalid, "container name \"\(name)\"",
            "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, at least two characters")
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
    }
}
