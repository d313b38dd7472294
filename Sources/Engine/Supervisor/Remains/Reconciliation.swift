internal import CLinux
internal import ContainerNetwork
internal import ContainerRuntime
public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
public import StateStore
internal import SystemPackage

/// Compares the record with what is on disk and in the kernel, and puts right what commands left that were killed.
///
/// Any thread and any process, several at a time: everything is looked at once more, under its own lock, before it goes.
public struct Reconciliation: Sendable {
    private let store: StateStore
    /// The project of the calling supervisor, whose directory is not to be looked into.
    private let own: String?
    private var layout: DataLayout { store.layout }

    /// - Parameter project: that which this process supervises, if it does.
    public init(_ store: StateStore, supervising project: String? = nil) {
        self.store = store
        own = project
    }

    /// What does not fit.
    public func findings() throws(EngineError) -> [Finding] { Supervisor.findings(try look()) }

    /// Removes what nobody can want back, and returns it.
    @discardableResult
    public func run() throws(EngineError) -> [Finding] {
        let found = try findings().filter(\.kind.isRemoved)
        let kinds = Set(found.map(\.kind))
        if kinds.contains(.containerDirectory) { containerDirectories.sweep(except: mayBeRecorded) }
        for finding in found where finding.kind == .controlGroup { removeControlGroup(of: finding.place) }
        if kinds.contains(.removedVolume) { try VolumeFiles(store).sweep() }
        if kinds.contains(.temporaryDirectory) { TemporaryDirectories(layout.temporary).sweep() }
        for finding in found where finding.kind == .projectDirectory { removeProjectDirectory(finding.place) }
        try SharedBridge.removeIfUnused(store)
        try MadeNetworks(layout).sweep(store)
        return found
    }

    private var containerDirectories: TemporaryDirectories { TemporaryDirectories(layout.containers) }

    private func look() throws(EngineError) -> HostState {
        var state = HostState()
        // Disk before record: what is recorded meanwhile counts as such.
        state.containerDirectories = Self.things(containerDirectories.abandoned(), in: layout.containers)
        state.temporaryDirectories = Self.things(
            TemporaryDirectories(layout.temporary).abandoned(), in: layout.temporary)
        state.volumeRemains = try VolumeFiles(store).remains().map { HostState.Thing(name: $0.name, place: $0.path) }
        let names = ((try? Files.list(layout.volumes)) ?? []).filter { !$0.hasPrefix(".") }
        state.volumeDirectories = Self.things(names, in: layout.volumes)
        let containers = try store.containers()
        state.containers = Set(containers.map(\.id))
        state.mounted = Set(containers.flatMap(\.container.mounts).map(\.name))
        state.controlGroups = controlGroups(of: containers)
        for volume in try store.volumes() { state.volumes[volume.name] = volume.anonymous }
        state.networks = try MadeNetworks(layout).remains(store).map {
            HostState.Thing(name: $0.name, place: $0.bridge)
        }
        if try SharedBridge.isUnused(store), let network = try store.network(matching: SharedBridge.name) {
            state.networks.append(HostState.Thing(name: network.name, place: network.bridge))
        }
        let running = Set(containers.filter(\.container.isRunning).map { layout.project($0.project) })
        let projects = "\(layout.runRoot)/projects"
        state.projectDirectories = Self.things((try? Files.list(projects)) ?? [], in: projects).filter { thing in
            !running.contains(thing.place) && isDeserted(thing.place)
        }
        return state
    }

    private static func things(_ names: [String], in folder: String) -> [HostState.Thing] {
        names.map { HostState.Thing(name: $0, place: "\(folder)/\($0)") }
    }

    // MARK: Projects

    /// Whether neither a supervisor nor a keeper is there, and none is being started. Not for this process's own: looking
    /// at a lock of its own would let go of it.
    private func isDeserted(_ directory: String) -> Bool {
        if directory == own.map(layout.project) { return false }
        var status = stat()
        guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            let starting = try? FileLock(ifFree: "\(directory).lock")
        else { return false }
        defer { starting.unlock() }
        return hasNoProcess(directory)
    }

    private func hasNoProcess(_ directory: String) -> Bool {
        do {
            guard let supervisor = try ProcessLock(ifFree: "\(directory)/supervisor.lock") else { return false }
            _ = consume supervisor
            return try Keeper.connect(runDirectory: directory) == nil
        } catch {
            return false
        }
    }

    private func removeProjectDirectory(_ directory: String) {
        guard let starting = try? FileLock(ifFree: "\(directory).lock") else { return }
        defer { starting.unlock() }
        if hasNoProcess(directory) { try? Files.removeTree(directory) }
    }

    // MARK: Containers

    private func mayBeRecorded(_ id: String) -> Bool {
        do throws(EngineError) {
            return try store.container(id: id) != nil
        } catch {
            return true
        }
    }

    /// Control groups of containers that do not run and that nobody is starting.
    private func controlGroups(of records: [ContainerRecord]) -> [HostState.Thing] {
        guard let environment = try? RuntimeEnvironment.detect() else { return [] }
        var isSupervised: [String: Bool] = [:]
        return records.filter { record in
            guard !record.container.isRunning, record.project != own, let spec = try? record.spec(),
                ContainerRuntime.hasRemains(of: spec, environment: environment)
            else { return false }
            let supervisor = SupervisorClient(project: record.project, layout: layout)
            let isAlive = isSupervised[record.project] ?? supervisor.isThere
            isSupervised[record.project] = isAlive
            return !isAlive
        }
        .map { HostState.Thing(name: $0.name, place: $0.id) }
    }

    private func removeControlGroup(of id: String) {
        guard let record = try? store.container(id: id), controlGroups(of: [record]).count == 1,
            let spec = try? record.spec(), let environment = try? RuntimeEnvironment.detect()
        else { return }
        try? ContainerRuntime.removeRemains(of: spec, environment: environment)
    }
}
