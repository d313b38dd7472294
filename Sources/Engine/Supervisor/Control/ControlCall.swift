internal import EngineModel
internal import FoundationEssentials
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// One call to the supervisor of a client's project, on a connection of its own.
///
/// A supervisor that dies during a call, or that was just leaving, ends the connection without an answer. The call is
/// then made again with the next supervisor: all requests may be repeated.
struct ControlCall {
    private let client: SupervisorClient
    private static let attempts = 4
    /// Milliseconds.
    private static let moment: Int32 = 2000

    init(_ client: SupervisorClient) {
        self.client = client
    }

    /// Calls the supervisor, which is started if need be.
    func call(_ request: ControlRequest) throws(EngineError) -> ControlReply {
        try callForDescriptor(request).reply
    }

    /// As above; nil if `cancellation` fired before the answer came.
    func call(_ request: ControlRequest, cancellation: Cancellation) throws(EngineError) -> ControlReply? {
        for _ in 0..<Self.attempts {
            if cancellation.isCancelled { return nil }
            let connection = SharedConnection(try SupervisorLaunch(client).connectOrStart())
            let token = cancellation.onCancel { connection.shutDown() }
            defer { cancellation.forget(token) }
            if let answer = try exchange(request, on: connection.socket) { return answer.reply }
        }
        if cancellation.isCancelled { return nil }
        throw lost()
    }

    func callForDescriptor(_ request: ControlRequest) throws(EngineError) -> ControlAnswer {
        for attempt in 0..<Self.attempts {
            let socket = try SupervisorLaunch(client).connectOrStart()
            do throws(EngineError) {
                if let answer = try exchange(request, on: socket) { return answer }
            } catch {
                guard attempt > 0, request.wasCarriedOut(error) else { throw error }
                return ControlAnswer(reply: .done, descriptor: nil)
            }
        }
        throw lost()
    }

    /// Calls the supervisor if there is one; nil if not, or if it went away.
    func ifRunning(_ request: ControlRequest) throws(EngineError) -> ControlReply? {
        guard let socket = try SupervisorLaunch(client).connect() else { return nil }
        return try exchange(request, on: socket)?.reply
    }

    /// Tells the supervisor something, if there is one, and waits a moment for it to be done.
    func tell(_ request: ControlRequest) throws(EngineError) {
        guard let socket = try SupervisorLaunch(client).connect() else { return }
        guard (try? socket.send(ControlCoding.encode(request))) != nil else { return }
        _ = SupervisorPulse.isReadable(socket, within: Self.moment)
    }

    /// nil when the connection ended without an answer. A supervisor that does nothing any more is an error.
    private func exchange(
        _ request: ControlRequest, on socket: borrowing Descriptor
    ) throws(EngineError) -> ControlAnswer? {
        let pulse = SupervisorPulse(project: client.project, layout: client.layout)
        var packet: SocketMessage
        do {
            try socket.send(ControlCoding.encode(request))
            while !SupervisorPulse.isReadable(socket, within: SupervisorPulse.interval) { try pulse.check() }
            packet = try socket.receiveMessage(limit: ControlSocket.limit)
        } catch let error as EngineError {
            throw error
        } catch {
            return nil
        }
        if packet.bytes.isEmpty { return nil }
        guard let reply = ControlCoding.reply(packet.bytes) else {
            throw EngineError(
                .unavailable, "project \(client.project)", "the answer of the project's supervisor is not understood",
                hint: "it may be of another version of compose")
        }
        if case .failed(let failure) = reply { throw failure.error }
        return ControlAnswer(reply: reply, descriptor: packet.takeDescriptor())
    }

    private func lost() -> EngineError {
        EngineError(
            .unavailable, "project \(client.project)", "the project's supervisor ended without an answer",
            hint: "see \(client.layout.supervisorLog(client.project))")
    }
}

struct ControlAnswer: ~Copyable {
    let reply: ControlReply
    private var descriptor: Descriptor?

    init(reply: ControlReply, descriptor: consuming Descriptor?) {
        self.reply = reply
        self.descriptor = descriptor
    }

    mutating func takeDescriptor() -> Descriptor? {
        var taken: Descriptor?
        swap(&taken, &descriptor)
        return taken
    }
}

/// A connection that another thread may shut down while one waits on it.
private final class SharedConnection: Sendable {
    let socket: Descriptor

    init(_ socket: consuming Descriptor) {
        self.socket = socket
    }

    func shutDown() {
        shutdown(socket.raw, Int32(SHUT_RDWR))
    }
}

/// Messages as bytes.
enum ControlCoding {
    static func encode(_ request: ControlRequest) -> [UInt8] {
        bytes(of: ControlEnvelope(version: ControlEnvelope.currentVersion, request: request))
    }

    static func encode(_ reply: ControlReply) -> [UInt8] { bytes(of: reply) }

    static func reply(_ bytes: [UInt8]) -> ControlReply? {
        try? JSONDecoder().decode(ControlReply.self, from: Data(bytes))
    }

    static func envelope(_ bytes: [UInt8]) -> ControlEnvelope? {
        try? JSONDecoder().decode(ControlEnvelope.self, from: Data(bytes))
    }

    /// Encoding these values cannot fail: they hold no floating-point numbers. An empty message would end the call.
    private static func bytes(of message: some Encodable) -> [UInt8] {
        guard let data = try? JSONEncoder().encode(message) else { return [] }
        return Array(data)
    }
}
