internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import StateStore
internal import SystemPackage

/// Whether a project's supervisor still does its work, while a call to it takes long.
///
/// What it does for a call may take as long as it has to: stopping waits for the container. Its loop answers a ping at
/// once all the same, on another connection; one that does not is stopped, out of descriptors, or stuck.
struct SupervisorPulse: Sendable {
    /// Milliseconds that a call waits before it asks, and between two questions.
    static let interval: Int32 = 3000
    /// Milliseconds that the answer to a question may take.
    static let patience: Int32 = 7000

    let project: String
    let layout: DataLayout

    /// The process that is the project's supervisor, whether it answers or not: it holds the lock. nil: there is none.
    /// Not for the supervisor itself.
    var process: Int32? { ProcessLock.holder(of: layout.supervisorLock(project)) }

    /// Fails with `.timedOut` if the supervisor does not answer a ping in time. One that is gone is no failure here.
    func check() throws(EngineError) {
        do throws(Errno) {
            let socket = try ControlSocket.connect(directory: layout.project(project))
            try socket.send(ControlCoding.encode(.ping))
            if Self.isReadable(socket, within: Self.patience) { return }
        } catch {
            // In its place there may be another one soon; the call finds out.
            if error != .wouldBlock { return }
        }
        throw silence()
    }

    /// The error about a supervisor that does not answer.
    func silence() -> EngineError {
        let seconds = (Self.interval + Self.patience) / 1000
        guard let process else {
            return EngineError(
                .timedOut, "project \(project)", "its supervisor has not answered for \(seconds) s",
                hint: "see \(layout.supervisorLog(project))")
        }
        return EngineError(
            .timedOut, "project \(project)", "its supervisor, process \(process), has not answered for \(seconds) s",
            hint: "`kill -CONT \(process)` if it was stopped; after `kill -KILL \(process)` the containers go on, and "
                + "the next command starts another one")
    }

    /// Waits until there is something to read, or the end.
    static func isReadable(_ socket: borrowing Descriptor, within milliseconds: Int32) -> Bool {
        let deadline = monotonicNanoseconds() + Int64(milliseconds) * 1_000_000
        return (try? socket.isReadable(until: deadline)) == true
    }
}
