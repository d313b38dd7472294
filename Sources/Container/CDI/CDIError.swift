public import Primitives

/// Why a device of the Container Device Interface cannot be given.
public struct CDIError: Explained, Sendable, Hashable {
    /// What kind of failure it is.
    public enum Code: Sendable, Hashable {
        /// A specification, or a name, is wrong.
        case invalid
        /// No specification has the device.
        case notFound
        /// It asks for something that cannot be done here.
        case unsupported
    }

    /// What kind of failure it is.
    public var code: Code
    /// `/etc/cdi/vendor.json:3:5`, or `device vendor.com/class=name`.
    public var subject: String
    /// What is wrong, in lower case, without a full stop.
    public var reason: String
    /// What can be done; may be empty.
    public var hint: String

    public init(_ code: Code, _ subject: String, _ reason: String, hint: String = "") {
        self.code = code
        self.subject = subject
        self.reason = reason
        self.hint = hint
    }

    public var category: ErrorCategory {
        switch code {
        case .invalid: .invalid
        case .notFound: .notFound
        case .unsupported: .unsupported
        }
    }
}
