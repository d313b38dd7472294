internal import LinuxSystem
public import Primitives
public import SystemPackage

/// Why a container or a process in it could not be started or reached.
public struct RuntimeError: Explaining, Sendable, Hashable {
    /// What kind of failure it is.
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
        /// The program did not run in time; what was on its way to it was killed.
        case timedOut
    }

    /// What kind of failure it is.
    public var code: Code
    /// The container's name, or empty.
    public var container: String
    /// What was being done, such as `mount volume "data" at /srv`; or the whole complaint when there is no `cause`.
    public var step: String
    /// The kernel's answer.
    public var cause: Errno?
    /// Details for which `cause` is too coarse, lower case.
    public var detail: String?
    /// What lay behind it, the nearest first.
    public var causes: [String]

    /// `step` fits after "cannot".
    public init(
        _ code: Code, container: String = "", step: String, cause: Errno? = nil, reason: String? = nil
    ) {
        self.code = code
        self.container = container
        self.step = step
        self.cause = cause
        self.detail = reason
        causes = cause.map { ["Errno: \($0)"] } ?? []
    }

    /// - Parameter reason: The whole complaint.
    public init(_ code: Code, _ subject: String, _ reason: String) {
        self.init(code, container: subject, step: reason)
    }

    /// The code of an error of another target.
    public static func code(for error: any Error) -> Code {
        switch (error as? any Explained)?.category {
        case .invalid: .invalid
        case .unsupported: .unsupported
        default: .system
        }
    }

    /// What a process that never ran counts as having exited with: 127, 126, or 128 for all the rest.
    public var exitStatus: Int32 {
        switch code {
        case .programNotFound: 127
        case .programNotExecutable: 126
        case .invalid, .system, .unsupported, .gone, .keeper, .timedOut: 128
        }
    }

    public var category: ErrorCategory {
        switch code {
        case .invalid: .invalid
        case .programNotFound, .programNotExecutable: .startFailed
        case .system, .keeper: .system
        case .unsupported: .unsupported
        case .gone: .notRunning
        case .timedOut: .timedOut
        }
    }

    public var subject: String {
        get { container }
        set { container = newValue }
    }

    /// Such as `cannot mount volume "data" at /srv: not a directory`.
    public var reason: String {
        if code == .programNotFound || code == .programNotExecutable { return step }
        guard let why = detail ?? cause?.reason else { return step }
        return "cannot \(step): \(why)"
    }
}
