internal import Archive
internal import CLinux
internal import ContainerModel
public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Supervisor
internal import SystemPackage

extension LocalEngine {
    public func fileKind(at path: String, in container: String) throws(EngineError) -> FileKind? {
        let record = try record(container)
        let root = try ContainerRoot(record, record.spec())
        do throws(Errno) {
            let status = try root.open(path, O_PATH).status()
            return status.st_mode & S_IFMT == S_IFDIR ? .directory : .file
        } catch {
            // A link whose aim does not exist is there all the same.
            if (try? root.open(path, O_PATH | O_NOFOLLOW)) != nil { return .file }
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw EngineError(error, "container \(record.name)", doing: "\(path) cannot be opened")
        }
    }

    public func archive(
        _ path: String, of container: String, as name: String, followLink: Bool, to output: Int32
    ) throws(EngineError) {
        let record = try record(container)
        note(Event("archive-path", of: record))
        let root = try ContainerRoot(record, record.spec())
        let place = ContainerPath(followLink ? root.destination(of: path) : path)
        let opened = try root.openDirectory(name.isEmpty ? path : place.parent)
        try EngineError.explaining("container \(record.name)") {
            let writer = try TarWriter(FileSink(output))
            if name.isEmpty {
                try archiveTree(opened, to: writer, rules: TreeArchiveRules(whiteouts: .literal))
            } else {
                try archiveEntry(Array(place.name.utf8CString), in: opened, as: Array(name.utf8), to: writer)
            }
            try writer.finish()
        }
    }

    public func unarchive(
        from input: Int32, into directory: String, of container: String, keepOwners: Bool
    ) throws(EngineError) {
        let record = try record(container)
        let spec = try record.spec()
        note(Event("extract-to-dir", of: record))
        if spec.root.readOnly {
            throw EngineError(.invalid, "container \(record.name)", "its root is read-only")
        }
        let root = try ContainerRoot(record, spec)
        let target = try root.openDirectory(directory)
        try EngineError.explaining("container \(record.name)") {
            var rules = ExtractionRules(whiteouts: .literal)
            if !keepOwners { rules.owner = (0, 0) }
            _ = try extractTar(DecompressingSource(FileSource(input)), into: target, rules: rules)
        }
    }

    public func export(_ container: String, to output: Int32) throws(EngineError) {
        let record = try record(container)
        note(Event("export", of: record))
        let root = try ContainerRoot(layersOf: record, record.spec())
        try EngineError.explaining("container \(record.name)") {
            let writer = try TarWriter(FileSink(output))
            try archiveTree(root.directory, to: writer, rules: TreeArchiveRules(whiteouts: .literal))
            try writer.finish()
        }
    }
}
