internal import Archive
public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

extension ImageStore {
    /// Fills an empty volume with what an image has at a path, as Docker does when a volume is used for the first time:
    /// content with owners, modes, attributes, times and links, and owner and mode of the path itself for the volume.
    ///
    /// Does nothing if the volume holds anything or the image has no directory there. A crash, or the loss of power,
    /// leaves the volume either empty or with a complete copy beside it that the next call moves in. Several callers
    /// wait for each other.
    ///
    /// - Parameters:
    ///   - directory: the volume's data directory; copies are prepared in its parent.
    ///   - layers: unpacked layers, topmost first.
    ///   - path: in the image; links are followed with the image's root as `/`.
    public func fill(volume directory: String, from layers: [String], path: String) throws(EngineError) {
        let slash = directory.lastIndex(of: "/") ?? directory.startIndex
        let parent = String(directory[..<slash])
        let lock = try workLock("\(parent)/.fill.lock")
        defer { lock.unlock() }
        try fillLocked(directory, parent, layers, path)
    }

    private func fillLocked(
        _ directory: String, _ parent: String, _ layers: [String], _ path: String
    ) throws(EngineError) {
        let subject = "volume \(parent.split(separator: "/").last.map(String.init) ?? directory)"
        let target = try EngineError.explaining(subject, doing: "opening its directory") {
            try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
        }
        let ready = "\(parent)/.fill"
        if !Files.exists(ready) {
            let names = try EngineError.explaining(subject, doing: "reading its directory") {
                try Files.names(in: target)
            }
            guard names.isEmpty else { return }
            guard try copy(layers, path, to: ready, subject: subject) else { return }
        }
        try EngineError.explaining(subject, doing: "moving the image's files into it") {
            let source = try Descriptor.open(ready, O_RDONLY | O_DIRECTORY)
            for name in try Files.names(in: source) {
                try systemCall { renameat(source.raw, name, target.raw, name) }
            }
            let metadata = EntryMetadata(try source.status())
            try metadata.setOwnerAndMode(of: target.raw)
            try metadata.setTimes(of: target.raw)
            try systemCall { fsync(target.raw) }
            try Files.removeTree(ready)
        }
    }

    /// Copies the image's directory to `ready`, which appears complete. False if the image has none.
    private func copy(
        _ layers: [String], _ path: String, to ready: String, subject: String
    ) throws(EngineError) -> Bool {
        let part = ready + ".part"
        let root = try Overlay(layers: layers).openRoot(of: subject)
        guard let source = try Self.directory(path, in: root, subject: subject) else { return false }
        let target = try EngineError.explaining(subject, doing: "preparing its content") {
            try Files.removeTree(part)
            try systemCall { mkdir(part, 0o700) }
            return try Descriptor.open(part, O_RDONLY | O_DIRECTORY)
        }
        try EngineError.explaining(subject) { try copyTree(from: source, to: target) }
        try EngineError.explaining(subject, doing: "preparing its content") {
            // Under its final name it is taken for complete.
            if try !Files.names(in: target).isEmpty { try Files.syncFileSystem(of: part) }
            try systemCall { rename(part, ready) }
        }
        return true
    }

    private static func directory(
        _ path: String, in root: borrowing Descriptor, subject: String
    ) throws(EngineError) -> Descriptor? {
        do throws(Errno) {
            return try root.open(at: path, O_RDONLY | O_DIRECTORY, resolve: [.inRoot, .noMagicLinks])
        } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw EngineError(.system, subject, "opening \(path) of the image: \(error.description)")
        }
    }
}
