internal import EngineModel
internal import LinuxSystem
internal import SystemPackage

/// A request that waits for its answer. Answered at most once; a client that went away is no error.
@LoopActor
final class PendingCall {
    private let loop: EventLoop
    private let ended: @LoopActor (PendingCall) -> Void
    /// nil: answered, or the client has gone.
    private var connection: Descriptor?
    /// Nothing but its end is to be expected of the client.
    private(set) var isReceived = false

    /// - Parameter ended: called once, when the call was answered or its client has gone.
    init(_ connection: consuming Descriptor, loop: EventLoop, ended: @escaping @LoopActor (PendingCall) -> Void) {
        self.connection = consume connection
        self.loop = loop
        self.ended = ended
    }

    /// The request's bytes; nil if the client has gone.
    func receive() -> [UInt8]? {
        isReceived = true
        guard let message = try? connection?.receiveMessage(limit: ControlSocket.limit) else { return nil }
        return message.bytes.isEmpty ? nil : message.bytes
    }

    func answer(_ reply: ControlReply, descriptor: Int32? = nil) {
        guard let connection = take() else { return }
        do throws(Errno) {
            try connection.send(ControlCoding.encode(reply), descriptor: descriptor)
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
        var taken: Descriptor?
        swap(&taken, &connection)
        if let raw = taken?.raw { loop.remove(raw) }
        return taken
    }
}
