internal import CLinux
internal import ContainerModel
internal import ContainerNetwork
internal import ContainerRuntime
internal import EngineModel
internal import FoundationEssentials
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// The record of one process's build containers, under a lock that the process holds as long as it lives.
///
/// Whoever finds the lock free takes down what is recorded: the session's guard at once when the process died, else the
/// next process that builds.
struct BuildSession: ~Copyable, Sendable {
    let name: String
    private let layout: DataLayout
    private let lock: FileLock

    init(_ layout: DataLayout) throws(EngineError) {
        self.layout = layout
        name = RandomIdentifier.make(digits: 16)
        let shared = try layout.lockBuilds()
        defer { shared.unlock() }
        let directory = layout.buildSession(name)
        do throws(Errno) {
            lock = try Self.makeLock(in: directory)
        } catch {
            throw EngineError(error, directory, doing: "the build cannot be recorded")
        }
    }

    private static func makeLock(in directory: String) throws(Errno) -> FileLock {
        try Files.makeDirectories(directory)
        return try FileLock(try Descriptor.open(directory + "/lock", O_RDWR | O_CREAT | O_EXCL))
    }

    /// Notes a container before anything of it is made.
    borrowing func add(_ record: BuildContainerRecord) throws(EngineError) {
        let path = "\(layout.buildSession(name))/\(record.id)"
        do {
            let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL)
            try file.writeAll(Array(try JSONEncoder().encode(record)))
        } catch {
            throw EngineError(.system, path, "the build container cannot be recorded: \(error)")
        }
    }

    borrowing func remove(_ id: String) { unlink("\(layout.buildSession(name))/\(id)") }

    /// Ends the record; nothing of the session may be left.
    borrowing func end() {
        try? Files.removeTree(layout.buildSession(name))
    }

    // MARK: After a death

    /// Takes down what sessions of dead processes left.
    static func sweep(_ layout: DataLayout, store: StateStore) {
        guard let shared = try? layout.lockBuilds(), let names = try? Files.list(layout.builds) else { return }
        let dead = names.filter { name in
            guard let lock = try? Descriptor.open(layout.buildSession(name) + "/lock", O_RDWR) else { return false }
            return (try? FileLock(ifFree: lock)) != nil
        }
        let known = Set(names.flatMap { (try? Files.list(layout.buildSession($0))) ?? [] })
        shared.unlock()
        for name in dead { takeDown(name, layout, store: store) }
        removeForgottenFiles(layout, besides: known)
    }

    /// Files of containers that were never recorded: their process was killed in between.
    private static func removeForgottenFiles(_ layout: DataLayout, besides known: Set<String>) {
        let folder = layout.buildFiles("")
        let limit = time(nil) - 3600
        for id in (try? Files.list(folder)) ?? [] where !known.contains(id) {
            var status = stat()
            // One that is about to be recorded is younger.
            guard lstat(folder + id, &status) == 0, status.st_mtim.tv_sec < limit else { continue }
            try? Files.removeTree(folder + id)
        }
    }

    /// Waits until the session's process is gone and takes down what it left. Idempotent.
    static func takeDown(_ name: String, _ layout: DataLayout, store: StateStore?) {
        let directory = layout.buildSession(name)
        guard let lock = try? FileLock(try Descriptor.open(directory + "/lock", O_RDWR)),
            let environment = try? RuntimeEnvironment.detect()
        else { return }
        defer { lock.unlock() }
        for id in (try? Files.list(directory)) ?? [] where id != "lock" {
            // One that was not written to its end: nothing of it was made.
            if let bytes = try? Files.read("\(directory)/\(id)"),
                let record = try? JSONDecoder().decode(BuildContainerRecord.self, from: Data(bytes))
            {
                takeDown(record, layout, environment, store)
            }
        }
        try? BuildNetwork(layout: layout).leave(name) { () throws(NetworkError) in
            try HostNetwork(runRoot: layout.runRoot)
        }
        try? Files.removeTree(directory)
    }

    private static func takeDown(
        _ record: BuildContainerRecord, _ layout: DataLayout, _ environment: RuntimeEnvironment, _ store: StateStore?
    ) {
        let files = layout.buildFiles(record.id)
        let root = RootFilesystem(lowerDirectories: [files], upperDirectory: files, workDirectory: files)
        var spec = ContainerSpec(
            id: record.id, name: "build", root: root, process: ProcessSpec(arguments: []), directory: files)
        spec.cgroupParent = record.cgroupParent
        try? ContainerRuntime.removeRemains(of: spec, environment: environment)
        if record.leasesAddresses, let store = store ?? (try? StateStore(layout)) {
            try? store.releaseAddresses(container: record.id)
        }
        try? Files.removeTree(files)
    }
}
