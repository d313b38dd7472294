internal import CLinux
public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
public import StateStore
internal import SystemPackage

/// The file systems of volumes that are mounted on the host while containers use them: below the run root, so that none
/// outlives the machine's start, and nothing that is removed with a volume's directory can be on another machine.
public struct MountedVolumes: Sendable {
    private let layout: DataLayout

    public init(_ layout: DataLayout) {
        self.layout = layout
    }

    /// Mounts what the volumes of a container need that is not mounted yet.
    func ensure(for record: ContainerRecord, in store: StateStore) throws(EngineError) {
        for name in Set(record.container.mounts.filter { $0.type == "volume" }.map(\.name)).sorted() {
            guard let volume = try store.volume(named: name) else { continue }
            switch try volume.configuration.source {
            case .directory, .bind: continue
            case .fileSystem(let type, let device, let options):
                let plan: VolumeMountPlan
                do throws(GrammarError) {
                    plan = try VolumeMountPlan(
                        type: type, device: device, options: options, resolve: { hostAddress(of: $0) })
                } catch {
                    throw EngineError(.unavailable, "volume \(name)", error.description)
                }
                try mount(plan, name, for: record.id)
            }
        }
    }

    private func mount(_ plan: VolumeMountPlan, _ name: String, for container: String) throws(EngineError) {
        let path = layout.volumeMount(name)
        do throws(Errno) {
            let lock = try lock()
            defer { lock.unlock() }
            try Files.makeDirectories(users(of: name))
            try Files.replace("\(users(of: name))/\(container)", with: [])
            try Files.makeDirectories(path)
            if try Self.isMountPoint(path) { return }
            try attachMount(try newMount(plan.type, plan.options, plan.attributes), at: path)
        } catch {
            throw EngineError(error, "volume \(name)", doing: "it cannot be mounted (\(plan))")
        }
    }

    /// Unmounts the volumes of a container that has ended, but for those that others use.
    func release(after container: String) throws(EngineError) {
        guard let names = try? Files.list(folder + "/.users") else { return }
        for name in names where Files.exists("\(users(of: name))/\(container)") {
            do throws(Errno) {
                let lock = try lock()
                defer { lock.unlock() }
                try Files.removeTree("\(users(of: name))/\(container)")
                if try !Files.list(users(of: name)).isEmpty { continue }
                try unmountAll(name)
            } catch {
                throw EngineError(error, "volume \(name)", doing: "it cannot be unmounted")
            }
        }
    }

    /// Nothing of the volume is mounted on the host any more. What is not mounted is no error.
    public func unmount(_ name: String) throws(EngineError) {
        if !Files.exists(users(of: name)), !Files.exists(layout.volumeMount(name)) { return }
        do throws(Errno) {
            let lock = try lock()
            defer { lock.unlock() }
            try unmountAll(name)
        } catch {
            throw EngineError(error, "volume \(name)", doing: "it cannot be unmounted")
        }
    }

    private func unmountAll(_ name: String) throws(Errno) {
        let path = layout.volumeMount(name)
        while try LinuxSystem.unmount(path) {}
        // Only a directory with nothing in it goes: whatever is mounted would stay.
        rmdir(path)
        try Files.removeTree(users(of: name))
    }

    private var folder: String { layout.runRoot + "/volumes" }

    /// One file for each container that uses the volume, written before it is mounted.
    private func users(of name: String) -> String { "\(folder)/.users/\(name)" }

    private func lock() throws(Errno) -> FileLock {
        try Files.makeDirectories(folder)
        return try FileLock(try Descriptor.open(folder, O_RDONLY | O_DIRECTORY))
    }

    /// Whether it lies on another file system than the directory that it is in.
    private static func isMountPoint(_ path: String) throws(Errno) -> Bool {
        try Descriptor.open(path, O_PATH | O_DIRECTORY).status().st_dev
            != Descriptor.open(path + "/..", O_PATH | O_DIRECTORY).status().st_dev
    }
}
