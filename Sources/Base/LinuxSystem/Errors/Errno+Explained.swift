public import Primitives
public import SystemPackage

/// The kernel's answer; what it was about knows whoever called.
extension Errno: Explained {
    public var category: ErrorCategory {
        switch self {
        case .noSpace, .diskQuotaExceeded: .noSpace
        case .permissionDenied, .notPermitted: .permission
        case .timedOut: .timedOut
        default: .system
        }
    }

    public var subject: String { "" }

    /// The error's text as it stands inside a sentence: `no such file or directory`.
    public var reason: String {
        let text = description
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
