internal import ContainerModel
internal import ContainerRuntime
public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
public import StateStore
internal import SystemPackage

/// Removes a container that does not run: record, leases, cgroup, files, and its anonymous volumes if wanted.
///
/// The records go first and at once, that of the container and those of its volumes, so that nobody sees half a container
/// and files without a record are known to be nobody's; when the disk is too full even for that, its log, and then all of
/// its files. A control group has no record, so it goes before. What is gone already is no error.
public struct ContainerRemoval: Sendable {
    private let store: StateStore
    /// How long readers of the log may hold the files up.
    private static let readersPatience: Int64 = 10_000_000_000

    public init(store: StateStore) {
        self.store = store
    }

    /// - Parameter volumes: also removes the volumes that were made for this container alone.
    public func remove(_ record: ContainerRecord, volumes: Bool) throws(EngineError) {
        try remove(record, volumes: volumes, waitForReaders: false)
    }

    /// - Parameter waitForReaders: attached clients may still be reading the last output.
    func remove(_ record: ContainerRecord, volumes: Bool, waitForReaders: Bool) throws(EngineError) {
        removeRemains(of: record)
        let own = try forget(record, volumes: volumes)
        // A lost event must not fail the work that it tells of.
        _ = try? store.append(Event("destroy", of: record))
        let directory = store.layout.container(record.id)
        if waitForReaders { LogReaders.wait(directory, deadline: monotonicNanoseconds() + Self.readersPatience) }
        try removeFiles(of: record)
        try SharedBridge.removeIfUnused(after: record, store)
        for volume in own { try VolumeFiles(store).remove(volume) }
    }

    /// Returns the volumes that were forgotten with the container: its own ones, but for those that another one has too.
    private func forget(_ record: ContainerRecord, volumes: Bool) throws(EngineError) -> [String] {
        for path in [store.layout.log(record.id), store.layout.container(record.id)] {
            do throws(EngineError) {
                return try forgetAtOnce(record, volumes: volumes)
            } catch {
                if error.code != .noSpace { throw error }
                try? Files.removeTree(path)
            }
        }
        return try forgetAtOnce(record, volumes: volumes)
    }

    private func forgetAtOnce(_ record: ContainerRecord, volumes: Bool) throws(EngineError) -> [String] {
        try store.transaction(usesReserve: true) { () throws(EngineError) in
            var own = record.container.mounts.filter { $0.anonymous && !$0.name.isEmpty }.map(\.name)
            if !volumes { own = [] }
            if !own.isEmpty {
                let others = try store.containers().filter { $0.id != record.id }.flatMap(\.container.mounts)
                own.removeAll { name in others.contains { $0.name == name } }
            }
            for volume in own { try store.removeVolume(name: volume) }
            try store.removeContainer(id: record.id)
            return own
        }
    }

    private func removeFiles(of record: ContainerRecord) throws(EngineError) {
        do throws(Errno) {
            try Files.removeTree(store.layout.container(record.id))
        } catch {
            throw EngineError(error, "container \(record.name)", doing: "its files cannot be removed")
        }
    }

    /// Usually nothing: only a supervisor that was killed leaves a cgroup.
    private func removeRemains(of record: ContainerRecord) {
        guard let spec = try? record.spec(), let environment = try? RuntimeEnvironment.detect() else { return }
        try? ContainerRuntime.removeRemains(of: spec, environment: environment)
    }

}

/// Clients that read a container's output hold a shared lock (flock(2)) on its directory.
enum LogReaders {
    /// The lock of one reader, held as long as this lives.
    final class Presence: Sendable {
        private let lock: FileLock

        fileprivate init(_ lock: consuming FileLock) {
            self.lock = lock
        }
    }

    /// nil if the directory is gone.
    static func join(_ directory: String) -> Presence? {
        guard let folder = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
            let lock = try? FileLock(ifFree: folder, .shared)
        else { return nil }
        return Presence(lock)
    }

    /// Waits until nobody reads, at most until `deadline` (monotonic nanoseconds).
    static func wait(_ directory: String, deadline: Int64) {
        guard let folder = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return }
        _ = try? FileLock(folder, deadline: deadline)
    }
}
