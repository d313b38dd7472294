internal import Glibc
public import LinuxSystem
internal import Primitives
public import SystemPackage

/// The sockets at 127.0.0.11, port 53, of one network namespace. Who asks through them is the namespace's container.
public final class ResolverSockets: Sendable {
    /// 127.0.0.11, as in Docker.
    static let address = IPAddress.v4(IPv4Address(bits: 0x7F00_000B))

    /// The UDP socket.
    public let datagrams: Descriptor
    /// The TCP socket.
    public let listener: Descriptor

    /// Sockets that were opened by an earlier process: questions that came meanwhile wait in them.
    public init(datagrams: consuming Descriptor, listener: consuming Descriptor) {
        self.datagrams = datagrams
        self.listener = listener
    }

    /// Opens them in the calling thread's network namespace, whose `lo` has to be up. They stay there, whichever
    /// thread uses them.
    public init() throws(Errno) {
        let address = SocketAddress(Self.address, port: 53)
        datagrams = try Descriptor.socket(AF_INET, .datagram)
        try datagrams.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        try datagrams.bind(to: address)
        listener = try Descriptor.socket(AF_INET, .stream)
        try listener.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        try listener.bind(to: address)
        try listener.listen(backlog: 64)
    }
}
