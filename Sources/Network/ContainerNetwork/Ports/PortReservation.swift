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
        /// Bound so that nobody else takes it; only packet rules lead to the container.
        case held(HeldPort)

        @LoopActor
        func start(to backend: SocketAddress) throws(Errno) {
            switch self {
            case .tcp(let proxy): try proxy.start(to: backend)
            case .udp(let proxy): try proxy.start(to: backend)
            case .held: return
            }
        }

        @LoopActor
        func stop() {
            switch self {
            case .tcp(let proxy): proxy.stop()
            case .udp(let proxy): proxy.stop()
            case .held: return
            }
        }
    }

    struct Entry: Sendable {
        var port: BoundPort
        /// nil if somebody else has the port by now (only ports bound again), or if the kernel cannot bind it.
        var proxy: Proxy?
    }

    /// Rules in the table of a network.
    struct Published: Sendable {
        var network: NetworkPlan
        var rules: [PortRule] = []
        var open: [OpenPort] = []
    }

    struct State: Sendable {
        var entries: [Entry]
        /// Reached at the container's own addresses, by family: no port of the host is bound for them.
        var open4: [ContainerPort] = []
        var open6: [ContainerPort] = []
        /// The rules that lead here.
        var published: [Published] = []
    }

    let state: Mutex<State>

    init(_ entries: [Entry], open4: [ContainerPort] = [], open6: [ContainerPort] = []) {
        state = Mutex(State(entries: entries, open4: open4, open6: open6))
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

/// A bound socket that nobody is served by.
final class HeldPort: Sendable {
    let socket: Descriptor

    init(_ socket: consuming Descriptor) {
        self.socket = socket
    }
}
