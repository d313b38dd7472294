public import SystemPackage

/// Why a container or a process in it could not be started or reached.
public struct RuntimeError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// The spec asks for something that cannot be; nothing was started.
        case invalid
        /// The program does not exist in the container (exit status 127).
        case programNotFound
        /// The program exists but cannot be executed (exit status 126).
        case programNotExecutable
        /// The kernel or this host refused a step.
        case system
        /// This host lacks what the spec asks for.
        case unsupported
        /// The process is gone, or its number belongs to another one by now.
        case gone
        /// The keeper cannot be reached.
        case keeper
    }

    public var code: Code
    /// The container's name, or empty.
    public var container: String
    /// What was being done, such as `mount volume "data" at /srv`; or the whole complaint when there is no `cause`.
    public var step: String
    /// The kernel's answer.
    public var cause: Errno?
    /// Details for which `cause` is too coarse, lower case.
    public var reason: String?

    public init(
        _ code: Code, container: String = "", step: String, cause: Errno? = nil, reason: String? = nil
    ) {
        self.code = code
        self.container = container
        self.step = step
        self.cause = cause
        self.reason = reason
    }

    /// What a process that never ran counts as having exited with: 127, 126, or 128 for all the rest.
    public var exitStatus: Int32 {
        switch code {
        case .programNotFound: 127
        case .programNotExecutable: 126
        case .invalid, .system, .unsupported, .gone, .keeper: 128
        }
    }

    /// Such as `web: cannot mount volume "data" at /srv: not a directory`.
    public var description: String {
        let prefix = container.isEmpty ? "" : "\(container): "
        if code == .programNotFound || code == .programNotExecutable { return prefix + step }
        guard let why = reason ?? cause?.sentence else { return prefix + step }
        return "\(prefix)cannot \(step): \(why)"
    }
}

extension Errno {
    /// The error's text with a lower-case first letter, as it stands inside a sentence.
    var sentence: String {
        let text = description
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
