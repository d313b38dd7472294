/// What kind of failure it is, as far as somebody acts on it. Small errors of leaves have finer codes of their own.
public enum ErrorCategory: String, Sendable, Hashable, CaseIterable {
    case notFound, conflict, inUse, notRunning, invalid, unsupported, portTaken, permission, missingKernelFeature
    case startFailed, unavailable, noSpace, cancelled, timedOut, system
}

/// An error that says what it is about, what is wrong, and what lay behind it.
public protocol Explained: Error, CustomStringConvertible {
    var category: ErrorCategory { get }
    /// What it is about: a path, an interface, `container shop-web-1`; empty when whoever asked knows.
    var subject: String { get }
    /// What is wrong, in lower case, without a full stop.
    var reason: String { get }
    /// What the user can do about it; empty when there is nothing to say.
    var hint: String { get }
    /// What lay behind it, the nearest first, each as one line for `--debug`.
    var causes: [String] { get }
}

extension Explained {
    public var hint: String { "" }
    public var causes: [String] { [] }
    /// `subject: reason`.
    public var description: String { subject.isEmpty ? reason : "\(subject): \(reason)" }
}

/// An error into which others are turned where they leave the part of the program that knows them.
public protocol Explaining: Explained {
    associatedtype Code
    var subject: String { get set }
    var causes: [String] { get set }

    init(_ code: Code, _ subject: String, _ reason: String)

    /// What another error is in the words of this type.
    static func code(for error: any Error) -> Code
}

extension Explaining {
    /// Any error as one of this type. One that is already stays what it is, and gets the subject if it has none.
    ///
    /// - Parameters:
    ///   - subject: What it was done to. A subject of the error itself follows it, but for that of a taken port, which
    ///     says all.
    ///   - action: What was being done: `reading its status`, `its directory cannot be made`; stands before the reason.
    public init(_ error: any Error, _ subject: String = "", doing action: String = "") {
        if let own = error as? Self {
            self = own
            if own.subject.isEmpty { self.subject = subject }
            return
        }
        let inner = error as? any Explained
        var place = subject
        var reason = inner?.reason ?? "\(error)"
        if let inner, !inner.subject.isEmpty {
            if subject.isEmpty || inner.category == .portTaken {
                place = inner.subject
            } else if inner.subject != subject {
                reason = "\(inner.subject): \(reason)"
            }
        }
        self.init(Self.code(for: error), place, action.isEmpty ? reason : "\(action): \(reason)")
        causes = ["\(type(of: error)): \(error)"] + (inner?.causes ?? [])
    }

    /// Runs `body`; whatever it throws leaves as an error of this type that keeps its cause.
    @discardableResult
    public static func explaining<Result: ~Copyable>(
        _ subject: String = "", doing action: String = "", _ body: () throws -> Result
    ) throws(Self) -> Result {
        do {
            return try body()
        } catch {
            throw Self(error, subject, doing: action)
        }
    }
}
