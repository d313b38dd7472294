internal import Engine
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// A caller's streams joined to a container's, in the caller's process.
///
/// Output is read from the container's log, input is written straight to the container. So a slow caller never holds the
/// container up, and a dead supervisor does not cut the connection.
public final class Attachment: Sendable {
    /// Where the container's standard input or terminal is written to; nil if it takes none.
    private let input: Descriptor?
    private let finished = Mutex(false)

    init(
        log: String, from position: LogPosition, streams: AttachedStreams, input: consuming Descriptor?
    ) throws(EngineError) {
        self.input = input
    }

    /// Blocks until all output of the run was passed on.
    public func wait() {}

    /// Sets the size of the container's terminal; does nothing without one.
    public func resize(rows: UInt16, columns: UInt16) {}
}
