internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A file that a command reads from.
enum InputFile {
    /// Runs `body` with the file open for reading; `-` is the standard input.
    static func reading<Result>(_ path: String, _ body: (Int32) throws -> Result) throws -> Result {
        if path == "-" { return try body(0) }
        let file: Descriptor
        do throws(Errno) {
            file = try Descriptor.open(path, O_RDONLY)
        } catch {
            throw CommandError("\(path): \(error.description)")
        }
        return try body(file.raw)
    }
}
