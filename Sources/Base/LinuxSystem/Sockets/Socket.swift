public import Glibc
public import Primitives
public import SystemPackage

/// An internet address with a port, as sockets take it.
public struct SocketAddress: Hashable, Sendable {
    /// Unspecified to bind to all addresses of a family.
    public var address: IPAddress
    /// In the machine's byte order; 0 to bind to any free one.
    public var port: UInt16
    /// Interface number of a link-local IPv6 address; else 0.
    public var scope: UInt32

    public init(_ address: IPAddress, port: UInt16, scope: UInt32 = 0) {
        self.address = address
        self.port = port
        self.scope = scope
    }

    /// `AF_INET` or `AF_INET6`.
    public var family: Int32 {
        switch address {
        case .v4: AF_INET
        case .v6: AF_INET6
        }
    }

    /// Calls `body` with the address in the kernel's form.
    public func withKernelForm<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch address {
        case .v4(let v4):
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = port.bigEndian
            form.sin_addr.s_addr = v4.bits.bigEndian
            return withUnsafeBytes(of: &form) {
                body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t($0.count))
            }
        case .v6(let v6):
            var form = sockaddr_in6()
            form.sin6_family = sa_family_t(AF_INET6)
            form.sin6_port = port.bigEndian
            form.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &form.sin6_addr) { $0.copyBytes(from: v6.bytes) }
            return withUnsafeBytes(of: &form) {
                body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t($0.count))
            }
        }
    }

    /// From the kernel's form; nil for other families.
    public init?(kernelForm storage: sockaddr_storage) {
        let form = withUnsafeBytes(of: storage) { Array($0.prefix(28)) }
        let port = UInt16(form[2]) << 8 | UInt16(form[3])
        switch Int32(storage.ss_family) {
        case AF_INET:
            guard let v4 = IPv4Address(bytes: form[4..<8]) else { return nil }
            self.init(.v4(v4), port: port)
        case AF_INET6:
            guard let v6 = IPv6Address(bytes: form[8..<24]) else { return nil }
            let scope = form[24..<28].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            self.init(.v6(v6), port: port, scope: scope)
        default: return nil
        }
    }
}

/// What a socket carries: a stream of bytes, datagrams, or messages of SCTP (one-to-one, RFC 6458).
public enum SocketKind: Sendable {
    case stream, datagram, sctp
}

extension Descriptor {
    /// A non-blocking internet socket in the calling thread's network namespace. IPv6 ones take IPv6 only.
    ///
    /// - Throws: EPROTONOSUPPORT for SCTP where the kernel has none.
    public static func socket(_ family: Int32, _ kind: SocketKind) throws(Errno) -> Descriptor {
        let type = Int32((kind == .datagram ? SOCK_DGRAM : SOCK_STREAM).rawValue)
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        // IPPROTO_SCTP
        let number: Int32 = kind == .sctp ? 132 : 0
        let socket = Descriptor(owning: try systemCall { Glibc.socket(family, type | flags, number) })
        if family == AF_INET6 { try socket.setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        return socket
    }

    /// setsockopt(2) with a number.
    public borrowing func setOption(_ level: Int32, _ option: Int32, _ value: Int32) throws(Errno) {
        var value = value
        try systemCall { setsockopt(raw, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) }
    }

    /// bind(2).
    public borrowing func bind(to address: SocketAddress) throws(Errno) {
        try systemCall { address.withKernelForm { Glibc.bind(raw, $0, $1) } }
    }

    /// For stream sockets: EINPROGRESS is no error, the socket becomes writable when it is done.
    public borrowing func connect(to address: SocketAddress) throws(Errno) {
        do throws(Errno) {
            try systemCall { address.withKernelForm { Glibc.connect(raw, $0, $1) } }
        } catch {
            if error != .nowInProgress { throw error }
        }
    }

    /// listen(2).
    public borrowing func listen(backlog: Int32) throws(Errno) {
        try systemCall { Glibc.listen(raw, backlog) }
    }

    /// The address the socket is bound to.
    public borrowing func localAddress() throws(Errno) -> SocketAddress? { try address(getsockname) }

    /// The address of the socket at the other end.
    public borrowing func remoteAddress() throws(Errno) -> SocketAddress? { try address(getpeername) }

    private borrowing func address(
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) throws(Errno) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = raw
        try systemCall {
            withUnsafeMutableBytes(of: &storage) {
                ask(raw, $0.assumingMemoryBound(to: sockaddr.self).baseAddress!, &length)
            }
        }
        return SocketAddress(kernelForm: storage)
    }

    /// The error that an asynchronous operation left (SO_ERROR); nil if there is none.
    public borrowing func pendingError() -> Errno? {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(raw, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return Errno(rawValue: errno) }
        return code == 0 ? nil : Errno(rawValue: code)
    }
}
