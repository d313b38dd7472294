/// What the cloned child does, step by step, until it is the container's process.
public struct LaunchPlan: Sendable, CustomStringConvertible {
    public var description: String { "" }
}
