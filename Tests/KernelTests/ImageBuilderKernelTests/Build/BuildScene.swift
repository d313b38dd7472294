import Archive
import CLinux
import EngineModel
import Glibc
import ImageModel
import ImageStore
import LinuxSystem
import LocalEngine
import Primitives
import StateStore
import Supervisor
import SupervisorForTests
import Synchronization
import SystemPackage

@testable import ImageBuilder

/// Roots of its own with a busybox image named `base`, and a context. Everything goes with the value.
final class BuildScene: Sendable {
    let directory: String
    let state: StateStore
    let images: ImageStore
    let builder: ImageBuilder
    let runner: LocalBuildRunner

    var context: String { directory + "/context" }

    init() throws {
        SupervisorProgram.useHostOfTests()
        clinux_ignore_sigpipe()
        directory = "/var/tmp/compose-build-\(getpid())-\(monotonicNanoseconds())"
        let layout = DataLayout(dataRoot: directory + "/data", runRoot: directory + "/run")
        state = try StateStore(layout)
        images = ImageStore(state)
        runner = LocalBuildRunner(layout: layout, store: state)
        builder = ImageBuilder(
            state: state, store: images, runner: runner,
            pull: { reference, _, _ throws(EngineError) in
                throw EngineError(.notFound, "image \(reference.familiar)", "there is no registry in this test")
            },
            push: { _, _ throws(EngineError) in },
            fetch: { url, _, _, _ throws(EngineError) in
                throw EngineError(.notFound, url, "there is no server in this test")
            })
        try Files.makeDirectories(context)
        try makeBase()
    }

    deinit {
        runner.finish()
        try? Files.removeTree(directory)
    }

    private func makeBase() throws {
        let root = directory + "/base"
        for name in ["bin", "etc", "tmp"] { try Files.makeDirectories("\(root)/\(name)", mode: 0o755) }
        try Files.replace("\(root)/bin/busybox", with: try Files.read("/bin/busybox"), mode: 0o755)
        for name in ["sh", "cat", "ls", "echo", "mkdir", "rm", "stat", "true", "sleep", "test", "id", "date", "env"] {
            symlink("busybox", "\(root)/bin/\(name)")
        }
        try Files.replace("\(root)/etc/passwd", with: Array("app:x:1000:1001::/:/bin/sh\n".utf8), mode: 0o644)
        let file = try Descriptor.open(directory + "/base.tar", O_RDWR | O_CREAT)
        let writer = try TarWriter(FileSink(file.raw))
        try archiveTree(
            Descriptor.open(root, O_RDONLY | O_DIRECTORY), to: writer, rules: TreeArchiveRules(whiteouts: .literal))
        try writer.finish()
        lseek(file.raw, 0, SEEK_SET)
        _ = try images.importRoot(file.raw, subject: "base.tar", changes: ["ENV PATH=/bin"], name: "base")
        try Files.removeTree(root)
    }

    func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
        let path = "\(context)/\(name)"
        if let slash = path.lastIndex(of: "/") { try Files.makeDirectories(String(path[..<slash])) }
        try Files.replace(path, with: Array(text.utf8), mode: mode)
    }

    /// Builds a Dockerfile's text with the context.
    func build(
        _ dockerfile: String, tag: String = "result", cancellation: Cancellation = Cancellation(),
        change: (inout BuildRequest) -> Void = { _ in }
    ) throws -> Outcome {
        var request = BuildRequest(context: .directory(context))
        request.dockerfile = .text(dockerfile)
        request.tags = [try ImageReference(tag)]
        change(&request)
        let log = Mutex<[BuildEvent]>([])
        let image = try builder.build(request, cancellation: cancellation) { event in
            log.withLock { $0.append(event) }
        }
        guard let stored = try images.resolve(image.id) else {
            throw EngineError(.notFound, image.id, "the image was not stored")
        }
        return Outcome(image: stored, events: log.withLock { $0 })
    }

    /// Text of a file of an image; nil if it is not there.
    func text(_ path: String, in image: StoredImage) -> String? {
        for layer in image.layers { if let text = Files.text(layer + path) { return text } }
        return nil
    }

    func status(_ path: String, in image: StoredImage) -> stat? {
        for layer in image.layers {
            var status = stat()
            if lstat(layer + path, &status) == 0 { return status }
        }
        return nil
    }

    /// What failed and unfinished builds must not leave.
    var leftovers: [String] {
        let layout = state.layout
        return ((try? Files.list(layout.temporary)) ?? []) + ((try? Files.list(layout.leases)) ?? [])
    }

    struct Outcome {
        var image: StoredImage
        var events: [BuildEvent]

        /// Names of the steps that ran, in order of their beginning.
        var ran: [String] { steps(cached: false) }
        var cached: [String] { steps(cached: true) }

        private func steps(cached wanted: Bool) -> [String] {
            var names: [Int: String] = [:]
            var found: [String] = []
            for event in events {
                if case .started(let id, let name, _) = event { names[id] = name }
                if case .completed(let id, wanted, _, _) = event, let name = names[id], name.hasPrefix("["),
                    !name.hasPrefix("[internal]"), !name.contains("] FROM ")
                {
                    found.append(name)
                }
            }
            return found
        }
    }
}
