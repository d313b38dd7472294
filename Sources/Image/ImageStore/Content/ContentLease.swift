public import EngineModel
internal import Glibc
public import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

/// A thing that the store keeps by the digest of its content.
public enum ContentName: Sendable, Hashable, CustomStringConvertible {
    case blob(Digest)
    /// An unpacked layer, by its diff id.
    case layer(Digest)

    /// `blob DIGITS`, `layer DIGITS`.
    public var description: String {
        switch self {
        case .blob(let digest): "blob \(digest.hex)"
        case .layer(let digest): "layer \(digest.hex)"
        }
    }
}

/// Keeps what it names from being collected until it is released, dropped, or its process ends.
///
/// A file below the data root with a line for each name, on which its holder has a lock (flock(2)): the kernel lets go
/// of it when the holder dies. Adding a name takes ``DataLayout/imagesLock`` shared for a moment, collecting takes it
/// alone: what is found after its name was added stays. Any thread may use it.
public final class ContentLease: Sendable {
    private struct State {
        var held = Set<ContentName>()
        var released = false
    }

    private let layout: DataLayout
    private let path: String
    private let file: FileLock
    private let state = Mutex(State())

    init(_ layout: DataLayout) throws(EngineError) {
        var random = SystemRandomNumberGenerator()
        let path = "\(layout.leases)/\(getpid())-\(String(random.next(), radix: 16))"
        self.layout = layout
        self.path = path
        try EngineError.explaining(layout.leases, doing: "making the directory") {
            try Files.makeDirectories(layout.leases)
        }
        let lock = try fileLock(layout.imagesLock, .shared)
        defer { lock.unlock() }
        file = try EngineError.explaining(path, doing: "making a lease") {
            try FileLock(try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND), .shared)
        }
    }

    deinit { release() }

    /// Lets go of everything; more than once is no error.
    public func release() {
        let first = state.withLock { state in
            defer { state.released = true }
            return !state.released
        }
        guard first else { return }
        file.remove(path)
        file.unlock()
    }

    /// From now on these are not collected. Whether they are there is to be looked up afterwards.
    func hold(_ names: [ContentName]) throws(EngineError) {
        let missing = state.withLock { state in names.filter { !state.held.contains($0) } }
        if missing.isEmpty { return }
        let lines = Array(missing.map { "\($0)\n" }.joined().utf8)
        let lock = try fileLock(layout.imagesLock, .shared)
        defer { lock.unlock() }
        try EngineError.explaining(path, doing: "adding to a lease") { try file.file.writeAll(lines) }
        state.withLock { $0.held.formUnion(missing) }
    }

    /// The layers among what it holds.
    var layers: [Digest] {
        state.withLock { state in
            state.held.compactMap { if case .layer(let digest) = $0 { digest } else { nil } }
        }
    }

    /// What living processes hold, as lines; files of dead ones are removed. The caller has the lock alone.
    static func held(_ layout: DataLayout) -> Set<String> {
        var found = Set<String>()
        for name in (try? Files.list(layout.leases)) ?? [] {
            let path = "\(layout.leases)/\(name)"
            guard let file = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW) else { continue }
            if let lock = try? FileLock(ifFree: file) {
                lock.remove(path)
            } else {
                found.formUnion((Files.text(path) ?? "").split(separator: "\n").map(String.init))
            }
        }
        return found
    }
}

extension ImageStore {
    /// A new lease that holds nothing yet.
    public func lease() throws(EngineError) -> ContentLease { try ContentLease(layout) }

    /// Keeps layers and blobs that no image names, across processes, until ``release(owner:)``.
    ///
    /// - Parameter owner: whose they are, such as `build-cache/KEY`; several calls add up.
    public func keep(_ names: [ContentName], owner: String) throws(EngineError) {
        try store.keepContent(names.map(\.description), owner: owner)
    }

    /// Lets go of what ``keep(_:owner:)`` kept. It is removed by the next ``prune(_:)``.
    public func release(owner: String) throws(EngineError) {
        try store.releaseContent(owner: owner)
    }
}
