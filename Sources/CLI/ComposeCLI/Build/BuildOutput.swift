internal import Archive
internal import EngineModel
internal import Glibc
internal import ImageBuilder
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import SystemPackage

/// Where a build's result goes besides the image store: `docker build --output`.
enum BuildOutput: Equatable {
    /// `type=docker`, `type=image`: the image store, where it is already.
    case store
    case registry
    /// `type=docker,dest=…`, `type=oci,dest=…`: an archive of the image; `-` is the standard output.
    case archive(String)
    /// `type=tar,dest=…`, `-`: an archive of the image's files.
    case tar(String)
    /// `type=local,dest=…`, or just a directory: the image's files.
    case directory(String)

    init(_ words: String) throws(CommandError) {
        if words == "-" {
            self = .tar("-")
            return
        }
        guard words.contains("=") else {
            self = .directory(words)
            return
        }
        var values: [String: String] = [:]
        for part in words.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            values[pair[0]] = pair.count > 1 ? pair[1] : ""
        }
        let destination = values["dest"]
        switch (values["type"], destination) {
        case ("image", nil), ("docker", nil): self = values["push"] == "true" ? .registry : .store
        case ("registry", nil): self = .registry
        case ("docker", let file?), ("oci", let file?): self = .archive(file)
        case ("tar", _): self = .tar(destination ?? "-")
        case ("local", let directory?): self = .directory(directory)
        case ("local", nil), ("oci", nil): throw CommandError("--output \"\(words)\": dest is missing")
        default:
            throw CommandError(
                "--output \"\(words)\" is not supported",
                hint: "the type is docker, image, registry, oci, tar or local")
        }
        for name in values.keys.sorted() where !["type", "dest", "push"].contains(name) {
            throw CommandError("--output \"\(words)\": \(name) is not supported")
        }
    }

    /// Writes what was built; nothing for the store and registries.
    func write(_ image: BuiltImage, from images: ImageStore, _ context: CommandContext) throws {
        switch self {
        case .store, .registry: return
        case .archive(let path):
            let names = image.names.isEmpty ? [image.id] : image.names.map(\.description)
            try Self.writing(path, context) { try images.save(names, to: $0, subject: path) }
        case .tar(let path):
            let root = try Self.tree(of: image, images)
            try Self.writing(path, context) { try Self.archive(root, to: $0) }
        case .directory(let path):
            try Self.unpack(try Self.tree(of: image, images), into: path)
        }
    }

    private static func writing(
        _ path: String, _ context: CommandContext, _ body: (Int32) throws -> Void
    ) throws {
        if path == "-" { return try body(1) }
        try context.replacingFile(path, body)
    }

    private static func tree(of image: BuiltImage, _ images: ImageStore) throws -> Descriptor {
        guard let stored = try images.resolve(image.id) else {
            throw EngineError(.notFound, "image \(image.id)", "it is not here any more")
        }
        return try Overlay(layers: stored.layers).openRoot()
    }

    private static func archive(_ root: borrowing Descriptor, to file: Int32) throws {
        let writer = try TarWriter(FileSink(file))
        try archiveTree(root, to: writer, rules: TreeArchiveRules(whiteouts: .literal))
        try writer.finish()
    }

    /// Through a pipe: what is in the directory already stays, unless a file of the image has its name.
    private static func unpack(_ root: consuming Descriptor, into path: String) throws {
        try Files.makeDirectories(path, mode: 0o755)
        let target = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        let pipe = try Descriptor.pipe()
        let reading = Descriptor(owning: pipe.read.take())
        let (rawRoot, rawOutput) = (root.take(), pipe.write.take())
        let outcome = TransferOutcome()
        try startThread(name: "output") {
            let root = Descriptor(owning: rawRoot)
            do {
                let output = Descriptor(owning: rawOutput)
                try archive(root, to: output.raw)
            } catch {
                outcome.fail(error)
            }
            outcome.end()
        }
        do throws(ArchiveError) {
            _ = try extractTar(FileSource(reading.raw), into: target, rules: ExtractionRules(whiteouts: .literal))
        } catch {
            throw CommandError("cannot write the files to \(path): \(error)")
        }
        if let error = outcome.wait() { throw error }
    }
}
