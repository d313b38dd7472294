internal import Firewall
internal import LinuxSystem
internal import PortProxy
public import Primitives
internal import Synchronization
internal import SystemPackage

/// Host ports bound by us. ``NetworkStack/unpublish(_:)`` frees them, and so does letting go of the value.
public final class PortReservation: Sendable {
    /// A bound socket and what serves those who do not come by way of packet rules.
    enum Proxy: Sendable {
        case tcp(TCPProxy)
        case udp(UDPProxy)

        @LoopActor
        func start(to backend: SocketAddress) throws(Errno) {
            switch self {
            case .tcp(let proxy): try proxy.start(to: backend)
            case .udp(let proxy): try proxy.start(to: backend)
            }
        }

        @LoopActor
        func stop() {
            switch self {
            case .tcp(let proxy): proxy.stop()
            case .udp(let proxy): proxy.stop()
            }
        }
    }

    struct Entry: Sendable {
        var port: BoundPort
        /// nil if somebody else has the port by now (only ports bound again).
        var proxy: Proxy?
    }

    struct State: Sendable {
        var entries: [Entry]
        /// The rules that lead here, and their network.
        var rules: [PortRule] = []
        var network: BridgeNetwork?
    }

    let state: Mutex<State>

    init(_ entries: [Entry]) {
        state = Mutex(State(entries: entries))
    }

    /// As bound: one entry per request and family, in the order of the requests.
    public var ports: [BoundPort] { state.withLock { $0.entries.map(\.port) } }

    /// Closes the sockets.
    func close() {
        let entries = state.withLock { state in
            defer { state.entries = [] }
            return state.entries
        }
        LoopActor.sync { for entry in entries { entry.proxy?.stop() } }
    }

    deinit { close() }
}
