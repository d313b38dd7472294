internal import LinuxSystem
public import Primitives
public import SystemPackage

/// Why an archive cannot be read, written or unpacked.
public struct ArchiveError: Explaining, Sendable, Hashable {
    /// What kind of failure it is.
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

    /// What kind of failure it is.
    public var code: Code
    /// The entry or file, printable; empty for the archive itself.
    public var subject: String
    /// What is wrong, in lower case, without a full stop.
    public var reason: String
    /// What lay behind it, the nearest first.
    public var causes: [String] = []

    public init(_ code: Code, _ subject: String, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    /// The kernel's answer to `what`.
    public init(_ subject: String, _ what: String, _ error: Errno) {
        self.init(error, subject, doing: what)
    }

    public var category: ErrorCategory {
        switch code {
        case .malformed, .unsafe, .limit: .invalid
        case .noSpace: .noSpace
        case .system: .system
        }
    }

    /// The code of an error of another target.
    public static func code(for error: any Error) -> Code {
        (error as? any Explained)?.category == .noSpace ? .noSpace : .system
    }
}
