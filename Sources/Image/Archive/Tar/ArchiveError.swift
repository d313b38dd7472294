public import SystemPackage

/// Why an archive cannot be read, written or unpacked.
public struct ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// Not the format that it should be, or cut off.
        case malformed
        /// Something in it points out of the tree it is unpacked to.
        case unsafe
        /// More entries, bytes or levels than allowed.
        case limit
        /// No space left.
        case noSpace
        /// A system call failed.
        case system
    }

    public var code: Code
    /// The entry or file, printable; empty for the archive itself.
    public var subject: String
    /// What is wrong, in lower case, without a full stop.
    public var reason: String

    public init(_ code: Code, _ subject: String, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    public init(_ subject: String, _ what: String, _ error: Errno) {
        let code: Code = error == .noSpace || error == .diskQuotaExceeded ? .noSpace : .system
        self.init(code, subject, "\(what): \(error.description)")
    }

    public var description: String { subject.isEmpty ? reason : "\(subject): \(reason)" }
}
