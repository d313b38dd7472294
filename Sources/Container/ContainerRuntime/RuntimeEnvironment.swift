/// What the runtime has to know about this host, found out once per process.
public struct RuntimeEnvironment: Sendable {
    public init() {}
    public static func detect() throws(RuntimeError) -> RuntimeEnvironment { RuntimeEnvironment() }
}
