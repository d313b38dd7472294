internal import EngineModel
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// A request that waits for its answer. Answered at most once, from any thread; a client that went away is no error.
final class PendingCall: Sendable {
    private struct State: ~Copyable {
        var connection: Descriptor?
    }

    private let loop: EventLoop
    private let state: Mutex<State>
    private let ended: @Sendable (PendingCall) -> Void

    /// - Parameter ended: called once, when the call was answered or its client has gone.
    init(
        _ connection: consuming Descriptor, loop: EventLoop, ended: @escaping @Sendable (PendingCall) -> Void
    ) {
        self.loop = loop
        self.ended = ended
        state = Mutex(State(connection: connection))
    }

    /// The request's bytes; nil if the client has gone.
    func receive() -> [UInt8]? {
        state.withLock { state -> [UInt8]? in
            guard let raw = state.connection?.raw else { return nil }
            do throws(Errno) {
                let packet = try ControlSocket.receive(on: raw)
                return packet.bytes.isEmpty ? nil : packet.bytes
            } catch {
                return nil
            }
        }
    }

    func answer(_ reply: ControlReply, descriptor: Int32? = nil) {
        guard let connection = take() else { return }
        do throws(Errno) {
            try ControlSocket.send(ControlCoding.encode(reply), descriptor: descriptor, on: connection)
        } catch {
            // The client is gone.
        }
        ended(self)
    }

    func fail(_ error: EngineError) { answer(.failed(ControlFailure(error))) }

    func hungUp() {
        guard take() != nil else { return }
        ended(self)
    }

    /// The connection, removed from the loop before anybody can close it.
    private func take() -> Descriptor? {
        let connection = state.withLock { state -> Descriptor? in
            var taken: Descriptor?
            swap(&taken, &state.connection)
            return taken
        }
        guard let connection else { return nil }
        loop.remove(connection.raw)
        return connection
    }
}
