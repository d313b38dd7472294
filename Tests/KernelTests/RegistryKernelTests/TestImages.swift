import Archive
import Digests
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import Primitives
import StateStore
import Synchronization

@testable import Registry

/// An image store and a client of its own in a temporary directory, removed at the end.
final class TestImages {
    let directory: String
    let state: StateStore
    let images: ImageStore
    var options: RegistryOptions
    let events = EventLog()

    init(_ configure: (inout RegistryOptions) -> Void = { _ in }) throws {
        signal(SIGPIPE, SIG_IGN)
        directory = "/tmp/compose-registry-images-\(getpid())-\(monotonicNanoseconds())"
        state = try StateStore(DataLayout(dataRoot: directory + "/data", runRoot: directory + "/run"))
        images = ImageStore(state)
        options = RegistryOptions(configDirectory: "\(directory)/docker", environment: [:])
        options.certificateDirectories = []
        options.patience.firstWait = 1_000_000
        options.patience.longestWait = 10_000_000
        options.patience.stallTimeout = 1_000_000_000
        configure(&options)
    }

    deinit { try? Files.removeTree(directory) }

    /// A new client: nothing is known from before.
    var client: RegistryClient { RegistryClient(store: images, options: options) }

    @discardableResult
    func pull(
        _ name: String, platform: Platform? = nil, cancellation: Cancellation = Cancellation()
    ) throws -> PulledImage {
        let events = events
        return try client.pull(try ImageReference(name), platform: platform, cancellation: cancellation) {
            events.add($0)
        }
    }

    @discardableResult
    func push(_ name: String) throws -> PushedImage {
        let events = events
        return try client.push(try ImageReference(name), cancellation: Cancellation()) { events.add($0) }
    }

    /// Loads an image with one layer for each of `layers`, which become the content of a file.
    @discardableResult
    func make(_ name: String, layers: [[UInt8]]) throws -> String {
        let archive = try TestArchive.saved(name, layers: try layers.map { try TestArchive.layer($0) })
        let path = "\(directory)/archive.tar"
        try Files.replace(path, with: archive)
        let file = try Descriptor.open(path, O_RDONLY)
        return try images.load(file.raw, subject: "archive.tar")[0].id
    }

    /// What the topmost layer with this file holds.
    func file(_ name: String, of reference: String) throws -> [UInt8]? {
        for layer in try images.resolve(reference)?.layers ?? [] {
            if let bytes = try? Files.read("\(layer)/\(name)") { return bytes }
        }
        return nil
    }

    var layers: Int { ((try? Files.list(state.layout.layers)) ?? []).count { Digest(hex: $0) != nil } }
    var blobs: Int { ((try? Files.list(state.layout.blobs)) ?? []).count { Digest(hex: $0) != nil } }
}

/// Events of transfers, from any thread.
final class EventLog: Sendable {
    private let list = Mutex<[TransferEvent]>([])

    func add(_ event: TransferEvent) { list.withLock { $0.append(event) } }

    /// The events since the last call.
    func take() -> [TransferEvent] {
        list.withLock { list in
            defer { list = [] }
            return list
        }
    }
}

enum TestArchive {
    private final class MemorySink: ByteSink {
        var bytes: [UInt8] = []
        func write(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) { bytes += piece }
    }

    static func tar(_ files: [(path: String, content: [UInt8])]) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = try TarWriter(sink)
        for file in files {
            var entry = TarEntry(path: Array(file.path.utf8), kind: .file, mode: 0o644)
            entry.size = Int64(file.content.count)
            try writer.add(entry, content: file.content)
        }
        try writer.finish()
        return sink.bytes
    }

    /// A layer with the file `data`.
    static func layer(_ content: [UInt8]) throws -> [UInt8] { try tar([("data", content)]) }

    static func configuration(_ layers: [[UInt8]], architecture: String = Platform.host.architecture) -> [UInt8] {
        let list = layers.map { "\"sha256:\(SHA256.hex(of: $0))\"" }.joined(separator: ",")
        return Array(
            "{\"architecture\":\"\(architecture)\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\(list)]}}"
                .utf8)
    }

    /// As `docker save` writes it.
    static func saved(_ name: String, layers: [[UInt8]]) throws -> [UInt8] {
        let paths = layers.indices.map { "\"\($0)/layer.tar\"" }.joined(separator: ",")
        let manifest = "[{\"Config\":\"c.json\",\"RepoTags\":[\"\(name)\"],\"Layers\":[\(paths)]}]"
        var files = layers.enumerated().map { ("\($0)/layer.tar", $1) }
        files.append(("c.json", configuration(layers)))
        files.append(("manifest.json", Array(manifest.utf8)))
        return try tar(files)
    }

    /// Bytes that do not repeat, the same for the same seed.
    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 2_862_933_555_777_941_757 &+ 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }
}
