internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Makes a file of what `write` writes into a descriptor; if it fails, what was there before stays.
func replacingFile(_ path: String, _ write: (Int32) throws -> Void) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    // Devices and pipes are written to, not replaced.
    if exists, status.st_mode & S_IFMT != S_IFREG {
        let file = try opening(path, O_WRONLY)
        return try write(file.raw)
    }
    let temporary = "\(path).\(getpid()).tmp"
    let file = try opening(temporary, O_WRONLY | O_CREAT | O_EXCL, shown: path)
    do {
        try write(file.raw)
        if rename(temporary, path) != 0 { throw CommandError("\(path): \(Errno(rawValue: errno).description)") }
    } catch {
        unlink(temporary)
        throw error
    }
}

private func opening(_ path: String, _ flags: Int32, shown: String? = nil) throws(CommandError) -> Descriptor {
    do throws(Errno) {
        return try Descriptor.open(path, flags, mode: 0o644)
    } catch {
        throw CommandError("\(shown ?? path) cannot be written: \(error.description)")
    }
}
