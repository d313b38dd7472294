internal import LinuxSystem
public import Primitives
public import SystemPackage

/// A control group could not be made, set or removed.
public struct CgroupError: Explained, Sendable, Hashable {
    /// Fits after "cannot": `set memory.limit_in_bytes to 1024`.
    public var step: String
    /// What the kernel said.
    public var cause: Errno?
    /// What is wrong, where it is not the kernel that says so.
    public var detail: String?
    /// This host has no controller for what was asked.
    public var isUnsupported: Bool

    public init(step: String, cause: Errno? = nil, reason: String? = nil, isUnsupported: Bool = false) {
        self.step = step
        self.cause = cause
        detail = reason
        self.isUnsupported = isUnsupported
    }

    public var category: ErrorCategory { isUnsupported ? .unsupported : cause?.category ?? .invalid }
    public var subject: String { "" }
    public var reason: String { "cannot \(step): \(detail ?? cause?.reason ?? "")" }
    public var causes: [String] { cause.map { ["Errno: \($0)"] } ?? [] }
}
