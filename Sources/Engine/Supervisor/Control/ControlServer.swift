internal import EngineModel
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Accepts calls on a project's control socket and hands them on, on the event loop's thread.
final class ControlServer: Sendable {
    /// Answers a request, now or later.
    typealias Handler = @Sendable (ControlRequest, PendingCall) -> Void

    /// Connections at a time; more wait in the socket's queue.
    private static let limit = 1024
    private static let pause: Int64 = 50_000_000
    /// How long a client may take to send its request.
    private static let patience: Int64 = 10_000_000_000

    private let listener: Descriptor
    private let loop: EventLoop
    private let handler: Handler
    private let hungUp: @Sendable (PendingCall) -> Void
    private let calls = Mutex<[Int32: PendingCall]>([:])

    /// - Parameter hungUp: told when a client did not wait for its answer.
    init(
        directory: String, loop: EventLoop, hungUp: @escaping @Sendable (PendingCall) -> Void,
        handler: @escaping Handler
    ) throws(Errno) {
        listener = try ControlSocket.listen(directory: directory)
        self.loop = loop
        self.handler = handler
        self.hungUp = hungUp
        try loop.add(listener.raw, .readable) { [weak self] _ in self?.acceptAll() }
    }

    /// Clients that wait for an answer.
    var openCalls: Int { calls.withLock { $0.count } }

    /// Takes what waits in the queue now.
    ///
    /// - Returns: whether there was something.
    @discardableResult
    func acceptAll() -> Bool {
        var accepted = false
        while calls.withLock({ $0.count }) < Self.limit, let connection = ControlSocket.accept(listener) {
            accepted = true
            serve(connection)
        }
        if calls.withLock({ $0.count }) >= Self.limit { rest() }
        return accepted
    }

    /// Leaves the queue alone for a moment: too many clients wait already.
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
        let call = PendingCall(connection, loop: loop) { [weak self] call in self?.forget(raw, call) }
        calls.withLock { $0[raw] = call }
        let first = Once()
        do throws(Errno) {
            try loop.add(raw, [.readable, .peerClosed]) { [weak self] _ in
                guard let self else { return }
                if first.take() { self.receive(call) } else { self.leave(call) }
            }
        } catch {
            call.hungUp()
            return
        }
        loop.after(nanoseconds: Self.patience) { [weak call] in if first.isUntaken { call?.hungUp() } }
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

    private func forget(_ raw: Int32, _ call: PendingCall) {
        calls.withLock { calls in
            if calls[raw] === call { calls[raw] = nil }
        }
    }
}

/// Something that happens once.
private final class Once: Sendable {
    private let taken = Mutex(false)

    var isUntaken: Bool { taken.withLock { !$0 } }

    /// True the first time.
    func take() -> Bool {
        taken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }
}
