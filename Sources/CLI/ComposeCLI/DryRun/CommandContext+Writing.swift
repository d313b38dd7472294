internal import EngineModel
internal import Glibc
internal import ImageStore
internal import LinuxSystem
internal import StateStore
internal import SystemPackage
internal import TerminalUI

/// What changes this host past the engine: with `--dry-run` none of it does.
extension CommandContext {
    /// This host's record. There is no half of one: with `--dry-run` it is refused.
    func store() throws -> StateStore {
        if root.dryRun { throw CommandError("compose \(root.rest.first ?? "") has no dry run") }
        return try StateStore(.fromEnvironment())
    }

    /// This host's images, as ``store()``.
    func images() throws -> ImageStore { ImageStore(try store()) }

    /// Writes a whole file that the user named.
    func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
        if writesNot(path) { return }
        do throws(Errno) {
            try Files.replace(path, with: bytes, mode: 0o644)
        } catch {
            throw CommandError("cannot write \(path): \(error.description.lowercased())")
        }
    }

    /// Makes a file that the user named of what `body` writes into a descriptor; if it fails, what was there before stays.
    func replacingFile(_ path: String, _ body: (Int32) throws -> Void) throws {
        if root.dryRun { return }
        var status = stat()
        let exists = stat(path, &status) == 0
        // Devices and pipes are written to, not replaced.
        if exists, status.st_mode & S_IFMT != S_IFREG {
            let file = try Self.opening(path, O_WRONLY)
            return try body(file.raw)
        }
        let temporary = "\(path).\(getpid()).tmp"
        let file = try Self.opening(temporary, O_WRONLY | O_CREAT | O_EXCL, shown: path)
        do {
            try body(file.raw)
            if rename(temporary, path) != 0 { throw CommandError("\(path): \(Errno(rawValue: errno).description)") }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Whether this is a trial, in which the file is only named.
    private func writesNot(_ path: String) -> Bool {
        if !root.dryRun { return false }
        let display = progress("Writing")
        display.report(ProgressItem(path, "Writing", .working))
        display.report(ProgressItem(path, "Written", .done))
        display.finish()
        return true
    }

    private static func opening(
        _ path: String, _ flags: Int32, shown: String? = nil
    ) throws(CommandError) -> Descriptor {
        do throws(Errno) {
            return try Descriptor.open(path, flags, mode: 0o644)
        } catch {
            throw CommandError("\(shown ?? path) cannot be written: \(error.description)")
        }
    }
}
