/// Why no plan can be made.
public struct PlanFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, as it is shown.
    public var message: String
    /// What the user can do; empty when there is nothing to say.
    public var hint: String

    public init(_ message: String, hint: String = "") {
        self.message = message
        self.hint = hint
    }

    public var description: String { message }
}
