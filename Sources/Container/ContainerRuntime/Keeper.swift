public import LinuxSystem

/// The small C process that is the parent of a project's containers and outlives its supervisor.
///
/// All functions block shortly and may be called from any thread; launches from several threads run in parallel.
public final class Keeper: Sendable {
    /// Forks the keeper off. Call it before this process has other threads or much memory. `runDirectory` gets
    /// `keeper.sock` and `exits.log`.
    public static func fork(runDirectory: String) throws(RuntimeError) -> Keeper { throw RuntimeError(.keeper, step: "") }

    /// Connects to the keeper that an earlier supervisor left behind; nil when there is none.
    public static func connect(runDirectory: String) throws(RuntimeError) -> Keeper? { nil }

    /// The keeper's running children.
    public func children() throws(RuntimeError) -> [KeeperChild] { [] }

    /// Leaves a duplicate of `descriptor` with the keeper under `key` (at most 127 bytes); replaces an older one.
    public func keep(_ descriptor: borrowing Descriptor, as key: String) throws(RuntimeError) {}
    /// A duplicate of the descriptor kept under `key`; nil when there is none.
    public func keptDescriptor(_ key: String) throws(RuntimeError) -> Descriptor? { nil }
    /// The keys of all kept descriptors.
    public func keptKeys() throws(RuntimeError) -> [String] { [] }
    /// Closes the kept descriptor.
    public func drop(_ key: String) throws(RuntimeError) {}

    /// Calls `handler` on the loop's thread for every child that ends from now on. A nil record: the keeper is gone.
    public func watchExits(on loop: EventLoop, _ handler: @escaping @Sendable (ExitRecord?) -> Void) throws(RuntimeError) {}

    /// All exits of containers that the keeper recorded in `runDirectory` since the last ``forgetExits(upTo:)``.
    public static func recordedExits(runDirectory: String) -> (records: [ExitRecord], size: Int64) { ([], 0) }
    /// Empties the record when it is still of that `size`: for when all of it was stored elsewhere.
    public func forgetExits(size: Int64) throws(RuntimeError) {}

    /// Ends the keeper. Children that still run get `SIGKILL` first if `killChildren`; else it is refused (EBUSY).
    public func shutDown(killChildren: Bool = false) throws(RuntimeError) {}
}

/// A running child of the keeper.
public struct KeeperChild: Sendable, Hashable {
    /// The container's or exec's id.
    public var tag: String
    public var identity: ProcessIdentity
}
