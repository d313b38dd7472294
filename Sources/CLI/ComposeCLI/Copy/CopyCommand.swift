internal import Archive
internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Reconciler
internal import SystemPackage
internal import TerminalUI

struct CopyCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(2)
    static let usage: [String]? = ["SERVICE:SRC_PATH DEST_PATH|-", "SRC_PATH|- SERVICE:DEST_PATH"]

    @Flag(help: "Include containers created by the run command")
    var all = false
    @Flag(name: .shortAndLong, help: "Archive mode (copy all uid/gid information)")
    var archive = false
    @Flag(name: [.customShort("L"), .long], help: "Always follow symbol link in SRC_PATH")
    var followLink = false
    @Option(help: .value("int", "Index of the container if service has multiple replicas"))
    var index = 0
    @Argument(help: "SRC_PATH")
    var source: String
    @Argument(help: "DEST_PATH")
    var destination: String

    func execute(_ context: CommandContext) throws -> Int32 {
        switch (ServicePath(source), ServicePath(destination)) {
        case (let from?, nil):
            let container = try containers(of: from.service, context)[0]
            try shown(container, "\(container.name):\(from.path) to \(destination)", context) {
                try copyOut(from.path, of: container, context)
            }
        case (nil, let to?):
            for container in try containers(of: to.service, context) {
                try shown(container, "\(source) to \(container.name):\(to.path)", context) {
                    try copyIn(to.path, of: container, context)
                }
            }
        case (nil, nil): throw CommandError("unknown copy direction", hint: "one of the paths is SERVICE:PATH")
        case (.some, .some): throw CommandError("copying between services is not supported")
        }
        return 0
    }

    /// Tells of a copy while it is made.
    private func shown(
        _ container: Container, _ way: String, _ context: CommandContext, _ body: () throws -> Void
    ) throws {
        let display = context.progress("Copying")
        defer { display.finish() }
        display.report(ProgressItem(container.name, "copy \(way)", .working, detail: "Copying"))
        try body()
        display.report(ProgressItem(container.name, "copy \(way)", .done, detail: "Copied"))
    }

    /// To a container: all replicas; from one: the first.
    private func containers(of service: String, _ context: CommandContext) throws -> [Container] {
        let found = try context.containers(of: [service], oneOffs: all).found.filter {
            index == 0 || $0.number == index
        }
        if found.isEmpty { throw CommandError("no container found for service \"\(service)\"") }
        return found
    }

    private func copyOut(_ path: String, of container: Container, _ context: CommandContext) throws {
        let engine = try context.engine()
        guard let kind = try engine.fileKind(at: path, in: container.id) else {
            throw CommandError("could not find the file \(path) in container \(container.name)")
        }
        let name = LocalPlace.lastName(path)
        if destination == "-" {
            try engine.archive(path, of: container.id, as: name, followLink: followLink, to: 1)
            return
        }
        let place = try LocalPlace(
            destination, for: kind, named: name, contents: path == "." || path.hasSuffix("/."))
        if context.root.dryRun { return }
        let rules = extractionRules(keepOwners: archive, owner: (geteuid(), getegid()))
        try transfer(
            { try engine.archive(path, of: container.id, as: place.name, followLink: followLink, to: $0) },
            { input in
                let directory = try Descriptor.open(place.directory, O_RDONLY | O_DIRECTORY)
                _ = try extractTar(FileSource(input), into: directory, rules: rules)
            })
    }

    private func copyIn(_ path: String, of container: Container, _ context: CommandContext) throws {
        let engine = try context.engine()
        if source == "-" {
            try engine.unarchive(from: 0, into: path, of: container.id, keepOwners: true)
            return
        }
        let contents = source == "." || source.hasSuffix("/.")
        let kind = try LocalPlace.kind(of: source)
        let target = try engine.fileKind(at: path, in: container.id)
        if target != .directory {
            if path.hasSuffix("/") && (kind == .file || target == .file) {
                throw CommandError("\(path) in container \(container.name) is not a directory")
            }
            if kind == .directory && target == .file {
                throw CommandError("cannot copy a directory to the file \(path) in container \(container.name)")
            }
        }
        let directory = target == .directory ? path : LocalPlace.parent(path)
        let name = target != .directory ? LocalPlace.lastName(path) : contents ? "" : LocalPlace.lastName(source)
        let followed = followLink ? LocalPlace.real(source) : source
        try transfer(
            { output in
                let writer = try TarWriter(FileSink(output))
                if name.isEmpty {
                    let opened = try Descriptor.open(followed, O_RDONLY | O_DIRECTORY)
                    try archiveTree(opened, to: writer, rules: TreeArchiveRules(whiteouts: .literal))
                } else {
                    let plain = contents ? LocalPlace.real(source) : followed
                    let parent = try Descriptor.open(LocalPlace.parent(plain), O_RDONLY | O_DIRECTORY)
                    let entry = Array(LocalPlace.lastName(plain).utf8CString)
                    try archiveEntry(entry, in: parent, as: Array(name.utf8), to: writer)
                }
                try writer.finish()
            },
            { try engine.unarchive(from: $0, into: directory, of: container.id, keepOwners: archive) })
    }

    private func extractionRules(keepOwners: Bool, owner: (uid: UInt32, gid: UInt32)) -> ExtractionRules {
        var rules = ExtractionRules(whiteouts: .literal)
        if !keepOwners { rules.owner = owner }
        return rules
    }

    /// Runs both ends of a copy, the writing one on a thread, and fails with the first that fails.
    private func transfer(
        _ write: @escaping @Sendable (Int32) throws -> Void, _ read: (Int32) throws -> Void
    ) throws {
        let pipe = try Descriptor.pipe()
        let readingEnd = pipe.read.take()
        let writing = pipe.write.take()
        let reading = Descriptor(owning: readingEnd)
        let outcome = TransferOutcome()
        try startThread(name: "archive") {
            do {
                try write(writing)
            } catch {
                outcome.fail(error)
            }
            close(writing)
            outcome.end()
        }
        do {
            try read(reading.raw)
        } catch {
            // The writer's complaint explains a broken archive better than the reader's.
            if let first = outcome.failureIfEnded { throw first }
            throw error
        }
        if let failure = outcome.wait() { throw failure }
    }
}
