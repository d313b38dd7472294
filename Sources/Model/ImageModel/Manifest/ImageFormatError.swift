public import Primitives

/// What is wrong with a reference, a digest or an image document.
public struct ImageFormatError: Explained, Sendable, Hashable {
    /// What kind of mistake it is.
    public enum Code: String, Sendable, Hashable {
        case reference, digest, tooLarge, malformed, unsupported
    }

    /// What kind of mistake it is.
    public var code: Code
    /// The reference, or which document: `image configuration`, `manifest`.
    public var subject: String
    /// What is wrong, in lower case, without a full stop.
    public var reason: String

    public init(_ code: Code, _ subject: String, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    public var category: ErrorCategory { code == .unsupported ? .unsupported : .invalid }
}
