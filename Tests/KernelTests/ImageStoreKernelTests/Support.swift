import Archive
import CLinux
import Digests
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import Primitives
import StateStore
import SystemPackage
import Testing

/// An image store in a directory of its own, removed at the end.
final class TemporaryImages {
    let directory: String
    let state: StateStore
    let images: ImageStore

    init() throws {
        directory = "/tmp/compose-images-\(getpid())-\(monotonicNanoseconds())"
        state = try StateStore(DataLayout(dataRoot: directory + "/data", runRoot: directory + "/run"))
        images = ImageStore(state)
    }

    deinit { try? Files.removeTree(directory) }

    func load(_ archive: [UInt8]) throws -> [LoadedImage] {
        let path = "\(directory)/archive.tar"
        try Files.replace(path, with: archive)
        let file = try Descriptor.open(path, O_RDONLY)
        return try images.load(file.raw, subject: "archive.tar")
    }

    var layers: [String] { (try? Files.list(state.layout.layers)) ?? [] }
    var leftovers: [String] { (try? Files.list(state.layout.temporary)) ?? [] }
}

final class MemorySink: ByteSink {
    var bytes: [UInt8] = []
    func write(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) { bytes += piece }
}

func tar(_ files: [(path: String, content: [UInt8], owner: UInt32)]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = try TarWriter(sink)
    for file in files {
        var entry = TarEntry(
            path: Array(file.path.utf8), kind: file.path.hasSuffix("/") ? .directory : .file,
            mode: file.path.hasSuffix("/") ? 0o750 : 0o640, uid: file.owner, gid: file.owner)
        entry.size = Int64(file.content.count)
        try writer.add(entry, content: file.content)
    }
    try writer.finish()
    return sink.bytes
}

let baseFiles: [(path: String, content: [UInt8], owner: UInt32)] = [
    ("etc/passwd", Array("root:x:0:0::/:/bin/sh\n".utf8), 0), ("data/", [], 1000),
    ("data/old", Array("old".utf8), 1000),
    ("data/gone", [], 0),
]
let topFiles: [(path: String, content: [UInt8], owner: UInt32)] = [
    ("data/", [], 1000), ("data/.wh.gone", [], 0), ("data/new", Array("new".utf8), 1000),
    ("app/run", Array("1".utf8), 0),
]

func savedImage(
    _ name: String, layers: [[UInt8]], diffIDs: [String]? = nil, config: String = "{}"
) throws -> [UInt8] {
    let digests = diffIDs ?? layers.map { SHA256.hex(of: $0) }
    let list = digests.map { "\"sha256:\($0)\"" }.joined(separator: ",")
    let document =
        "{\"architecture\":\"\(Platform.host.architecture)\",\"os\":\"linux\",\"config\":\(config),"
        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\(list)]}}"
    let paths = layers.indices.map { "\"\($0)/layer.tar\"" }.joined(separator: ",")
    let manifest = "[{\"Config\":\"c.json\",\"RepoTags\":[\"\(name)\"],\"Layers\":[\(paths)]}]"
    var files: [(path: String, content: [UInt8], owner: UInt32)] = layers.enumerated().map {
        ("\($0)/layer.tar", $1, 0)
    }
    files.append(("c.json", Array(document.utf8), 0))
    files.append(("manifest.json", Array(manifest.utf8), 0))
    return try tar(files)
}

/// Bytes compressed as layers are.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let sink = MemorySink()
    let gzip = try GzipSink(sink)
    try bytes.withUnsafeBytes { try gzip.write($0) }
    try gzip.finish()
    return sink.bytes
}

/// An OCI layout in a tar archive of one image with compressed layers, and its manifest.
func layoutArchive(
    _ name: String, layers: [[UInt8]], changing change: (String) -> String = { $0 }
) throws -> (archive: [UInt8], manifest: [UInt8]) {
    var files: [(path: String, content: [UInt8], owner: UInt32)] = []
    func blob(_ bytes: [UInt8]) -> String {
        let hex = SHA256.hex(of: bytes)
        files.append(("blobs/sha256/\(hex)", bytes, 0))
        return "\"digest\":\"sha256:\(hex)\",\"size\":\(bytes.count)"
    }
    let list = layers.map { "\"sha256:\(SHA256.hex(of: $0))\"" }.joined(separator: ",")
    let document =
        "{\"architecture\":\"\(Platform.host.architecture)\",\"os\":\"linux\",\"config\":{},"
        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\(list)]}}"
    let type = "application/vnd.oci.image"
    let blobs = try layers.map { "{\"mediaType\":\"\(type).layer.v1.tar+gzip\",\(blob(try gzip($0)))}" }
    let manifest = Array(
        change(
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"\(type).config.v1+json\",\(blob(Array(document.utf8)))},"
                + "\"layers\":[\(blobs.joined(separator: ","))]}"
        ).utf8)
    let index =
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"\(type).manifest.v1+json\",\(blob(manifest)),"
        + "\"annotations\":{\"org.opencontainers.image.ref.name\":\"\(name)\"}}]}"
    files.append(("index.json", Array(index.utf8), 0))
    files.append(("oci-layout", Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8), 0))
    return (try tar(files), manifest)
}
