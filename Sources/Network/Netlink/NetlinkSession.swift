internal import CLinux
internal import Glibc
internal import LinuxSystem
public import Primitives
internal import Synchronization
public import SystemPackage

/// Why the kernel refused a request.
public struct NetlinkError: Explained, Sendable, Hashable {
    /// The request's ``Request/purpose``.
    public var purpose: String
    /// What the kernel answered.
    public var code: Errno
    /// The kernel's own words (extended acknowledgement); empty if it gave none.
    public var message: String

    public init(purpose: String, code: Errno, message: String) {
        self.purpose = purpose
        self.code = code
        self.message = message
    }

    /// The interface it is about does not exist.
    public var isMissingLink: Bool { code.rawValue == ENODEV || code.rawValue == ENXIO }

    public var category: ErrorCategory { code.category }
    public var subject: String { "" }
    public var reason: String { "cannot \(purpose): \(code.reason)" + (message.isEmpty ? "" : " (\(message))") }
}

/// A socket of rtnetlink(7). It belongs to the network namespace of the thread that made it, for ever, and may be
/// used from any thread: calls are done one after the other.
public final class NetlinkSession: Sendable {
    private struct State {
        var sequence: UInt32 = 1
    }

    private let socket: Descriptor
    /// Held during a request and its answers: the kernel answers a request before send(2) returns.
    private let state = Mutex(State())

    /// Opens a session in the calling thread's network namespace.
    public convenience init() throws(Errno) {
        // NETLINK_ROUTE
        try self.init(family: 0)
    }

    init(family: Int32) throws(Errno) {
        // Not bound: the kernel chooses the port number, for two sessions of a process must not share one.
        let domain = Int32(AF_NETLINK)
        socket = Descriptor(
            owning: try systemCall {
                Glibc.socket(domain, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), family)
            })
        // SOL_NETLINK: CAP_ACK, EXT_ACK, GET_STRICT_CHK. Older kernels lack some and work without.
        for option in [Int32(10), 11, 12] {
            var on: Int32 = 1
            setsockopt(socket.raw, 270, option, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var size: Int32 = 1 << 20
        setsockopt(socket.raw, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Does the requests in order, in as few system calls as possible. The first failure is thrown; requests after it
    /// may have been done all the same, as the kernel goes on.
    public func perform(_ requests: [Request]) throws(NetlinkError) {
        let failures = try performAll(requests)
        if let failure = failures.lazy.compactMap({ $0 }).first { throw failure }
    }

    /// Sends a request and waits for the kernel's acknowledgement.
    public func perform(_ request: Request) throws(NetlinkError) {
        try perform([request])
    }

    /// Does the requests in order; one entry for each, nil for success.
    public func performAll(_ requests: [Request]) throws(NetlinkError) -> [NetlinkError?] {
        if requests.isEmpty { return [] }
        let result = state.withLock { state -> Result<[NetlinkError?], NetlinkError> in
            do throws(NetlinkError) {
                let first = state.sequence
                state.sequence &+= UInt32(requests.count)
                return .success(try exchange(requests, firstSequence: first))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func exchange(_ requests: [Request], firstSequence: UInt32) throws(NetlinkError) -> [NetlinkError?] {
        var datagram: [UInt8] = []
        for (offset, var request) in requests.enumerated() {
            request.setSequence(firstSequence &+ UInt32(offset))
            datagram += request.bytes
        }
        try send(datagram, for: requests[0])
        var results = [NetlinkError?](repeating: nil, count: requests.count)
        var missing = requests.count
        while missing > 0 {
            for reply in Reply.parse(try receive(for: requests[0])) where reply.type == MessageType.error {
                let index = Int(reply.sequence &- firstSequence)
                guard requests.indices.contains(index) else { continue }
                results[index] = Self.failure(in: reply, of: requests[index])
                missing -= 1
            }
        }
        return results
    }

    /// All objects of a kind. A dump that changed while it was read is read again.
    func dump<Record: Sendable>(_ request: Request, _ convert: (Reply) -> Record?) throws(NetlinkError) -> [Record] {
        for _ in 0..<5 {
            let result = state.withLock { state -> Result<[Record]?, NetlinkError> in
                do throws(NetlinkError) {
                    state.sequence &+= 1
                    return .success(try collect(request, sequence: state.sequence &- 1, convert))
                } catch {
                    return .failure(error)
                }
            }
            if let records = try result.get() { return records }
        }
        throw NetlinkError(
            purpose: request.purpose, code: .resourceTemporarilyUnavailable, message: "changes all the time")
    }

    /// nil if the answer was inconsistent.
    private func collect<Record: Sendable>(
        _ request: Request, sequence: UInt32, _ convert: (Reply) -> Record?
    ) throws(NetlinkError) -> [Record]? {
        var request = request
        request.setSequence(sequence)
        try send(request.bytes, for: request)
        var records: [Record] = []
        var interrupted = false
        while true {
            for reply in Reply.parse(try receive(for: request)) where reply.sequence == sequence {
                if reply.flags & MessageFlag.dumpInterrupted != 0 { interrupted = true }
                if reply.type == MessageType.done { return interrupted ? nil : records }
                if reply.type == MessageType.error {
                    if let failure = Self.failure(in: reply, of: request) { throw failure }
                    return records
                }
                if let record = convert(reply) { records.append(record) }
                if reply.flags & MessageFlag.multipart == 0 { return records }
            }
        }
    }

    private func send(_ bytes: [UInt8], for request: Request) throws(NetlinkError) {
        do throws(Errno) {
            try systemCall { Glibc.send(socket.raw, bytes, bytes.count, 0) }
        } catch {
            throw NetlinkError(purpose: request.purpose, code: error, message: "")
        }
    }

    private func receive(for request: Request) throws(NetlinkError) -> [UInt8] {
        do throws(Errno) {
            return try socket.read(upTo: 65536)
        } catch {
            throw NetlinkError(purpose: request.purpose, code: error, message: "")
        }
    }

    /// What a `struct nlmsgerr` says; nil for an acknowledgement of success.
    static func failure(in reply: Reply, of request: Request) -> NetlinkError? {
        guard let code = reply.payload.number(at: 0, as: Int32.self) else {
            return NetlinkError(purpose: request.purpose, code: .badMessage, message: "short acknowledgement")
        }
        if code == 0 { return nil }
        var message = ""
        if reply.flags & MessageFlag.acknowledgeAttributes != 0 {
            let repeated = reply.payload.number(at: 4, as: UInt32.self).map(Int.init) ?? 16
            let skipped = 4 + (reply.flags & MessageFlag.capped != 0 ? 16 : (repeated + 3) & ~3)
            message = parseAttributes(reply.payload.dropFirst(skipped))[1]?.text ?? ""
        }
        return NetlinkError(purpose: request.purpose, code: Errno(rawValue: -code), message: message)
    }
}

extension NetlinkSession {
    /// All interfaces of the session's network namespace.
    public func links() throws(NetlinkError) -> [Link] { try dump(.dumpLinks, Link.init) }

    /// All addresses of the namespace's interfaces, of both families.
    public func addresses() throws(NetlinkError) -> [InterfaceAddress] {
        try dump(.dumpAddresses, InterfaceAddress.init)
    }

    /// IPv4 routes of all tables but the local one.
    public func routes() throws(NetlinkError) -> [Route] { try dump(.dumpRoutes, Route.init) }

    /// nil if there is none of that name.
    public func link(named name: String) throws(NetlinkError) -> Link? {
        do throws(NetlinkError) {
            return try dump(.getLink(name: name), Link.init).first
        } catch {
            if error.isMissingLink { return nil }
            throw error
        }
    }
}
