internal import EngineModel
internal import LinuxSystem
internal import SystemPackage

/// Accepts calls on a project's control socket and hands them on.
@LoopActor
final class ControlServer {
    /// Answers a request, now or later.
    typealias Handler = @LoopActor (ControlRequest, PendingCall) -> Void

    /// Connections at a time; more wait in the socket's queue.
    private static let limit = 4096
    private static let pause: Int64 = 50_000_000
    /// How long a client may take to send its request.
    private static let patience: Int64 = 10_000_000_000

    private var listener: Descriptor
    private let directory: String
    private let loop: EventLoop
    private let handler: Handler
    private let hungUp: @LoopActor (PendingCall) -> Void
    private var calls: [ObjectIdentifier: PendingCall] = [:]

    /// - Parameter hungUp: told when a client did not wait for its answer.
    init(
        directory: String, loop: EventLoop, hungUp: @escaping @LoopActor (PendingCall) -> Void,
        handler: @escaping Handler
    ) throws(Errno) {
        listener = try ControlSocket.listen(directory: directory)
        self.directory = directory
        self.loop = loop
        self.handler = handler
        self.hungUp = hungUp
        try watch()
    }

    private func watch() throws(Errno) {
        try loop.add(listener.raw, .readable) { [weak self] _ in self?.acceptAll() }
    }

    /// Whether clients can still find the socket.
    var isFound: Bool { Files.exists(directory + "/" + ControlSocket.name) }

    /// Makes the socket again, for somebody removed it. Who is connected stays so.
    func listenAgain() throws(Errno) {
        acceptAll()
        let fresh = try ControlSocket.listen(directory: directory)
        loop.remove(listener.raw)
        listener = fresh
        try watch()
    }

    /// Clients that wait for an answer.
    var openCalls: Int { calls.count }

    /// Takes what waits in the queue now.
    ///
    /// - Returns: whether there was something.
    @discardableResult
    func acceptAll() -> Bool {
        var accepted = false
        do throws(Errno) {
            while calls.count < Self.limit, let connection = try ControlSocket.accept(listener) {
                accepted = true
                serve(connection)
            }
            if calls.count >= Self.limit { rest() }
        } catch {
            // Out of descriptors: whoever waits is served when others have ended.
            rest()
        }
        return accepted
    }

    /// Leaves the queue alone for a moment: too many clients wait already, or there is no descriptor for one more.
    private func rest() {
        guard (try? loop.change(listener.raw, [])) != nil else { return }
        loop.after(nanoseconds: Self.pause) { [weak self] in
            guard let self else { return }
            try? self.loop.change(self.listener.raw, .readable)
        }
    }

    /// Stops listening.
    func close() { loop.remove(listener.raw) }

    private func serve(_ connection: consuming Descriptor) {
        let raw = connection.raw
        let call = PendingCall(connection, loop: loop) { [weak self] call in
            self?.calls[ObjectIdentifier(call)] = nil
        }
        calls[ObjectIdentifier(call)] = call
        do throws(Errno) {
            try loop.add(raw, [.readable, .peerClosed]) { [weak self] _ in
                guard let self else { return }
                if call.isReceived { self.leave(call) } else { self.receive(call) }
            }
        } catch {
            call.hungUp()
            return
        }
        loop.after(nanoseconds: Self.patience) { [weak call] in if let call, !call.isReceived { call.hungUp() } }
    }

    private func receive(_ call: PendingCall) {
        guard let bytes = call.receive() else { return call.hungUp() }
        guard let envelope = ControlCoding.envelope(bytes) else {
            return call.fail(
                EngineError(
                    .unsupported, "supervisor", "the request is not understood",
                    hint: "the supervisor was started by another version of compose"))
        }
        handler(envelope.request, call)
    }

    /// The client sends nothing more: this is its end.
    private func leave(_ call: PendingCall) {
        call.hungUp()
        hungUp(call)
    }
}
