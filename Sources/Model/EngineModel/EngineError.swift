public import Primitives

/// Why the engine could not do something.
public struct EngineError: Explaining, Sendable, Hashable {
    /// The categories of errors, as they stand in records and cross sockets.
    public enum Code: String, Codable, Sendable, Hashable, CaseIterable {
        case notFound, conflict, inUse, notRunning, invalid, unsupported, portTaken, permission, missingKernelFeature
        case startFailed, unavailable, noSpace, cancelled, timedOut, system
    }

    /// What programs decide by; the texts are for people.
    public var code: Code
    /// What it is about: `container shop-web-1`, `network shop_default`, `image redis:7`, a path.
    public var subject: String
    /// What is wrong, in lower case, without a full stop.
    public var reason: String
    /// What the user can do about it; empty when there is nothing to say.
    public var hint: String
    /// The exit code for a program that could not be run (126, 127); nil for all else.
    public var exitCode: Int32?
    /// What lay behind it, the nearest first.
    public var causes: [String] = []

    public init(_ code: Code, _ subject: String, _ reason: String, hint: String = "", exitCode: Int32? = nil) {
        self.code = code
        self.subject = subject
        self.reason = reason
        self.hint = hint
        self.exitCode = exitCode
    }

    /// An error without a hint.
    public init(_ code: Code, _ subject: String, _ reason: String) {
        self.init(code, subject, reason, hint: "")
    }

    /// `subject: reason`; here, so that who only knows this module can ask for it.
    public var description: String { subject.isEmpty ? reason : "\(subject): \(reason)" }

    public var category: ErrorCategory { ErrorCategory(rawValue: code.rawValue) ?? .system }

    /// The code of an error of another target.
    public static func code(for error: any Error) -> Code {
        (error as? any Explained).flatMap { Code(rawValue: $0.category.rawValue) } ?? .system
    }
}
