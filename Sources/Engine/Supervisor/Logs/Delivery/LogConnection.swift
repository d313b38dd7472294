internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// A connection to a receiver. Every wait has an end. Used by one thread at a time.
final class LogConnection {
    /// nil with TLS, where the socket is libcurl's.
    private let socket: SharedDescriptor?
    private let secure: SecureConnection?
    private let address: LogAddress
    private let sendsFiles: Bool

    /// Whether messages flow in order without borders.
    var isStream: Bool { address.isStream }

    /// Connects to the first address of the target that takes a connection.
    ///
    /// - Parameter deadline: monotonic nanoseconds.
    init(_ target: LogTarget, deadline: Int64) throws(LogFailure) {
        var failure = LogFailure("there is no address")
        for address in target.addresses {
            do throws(LogFailure) {
                var secure: SecureConnection?
                if case .tls(let host, let port) = address {
                    secure = try SecureConnection(host, port, target.security, deadline: deadline)
                }
                socket = secure == nil ? SharedDescriptor(try Self.connect(address, deadline)) : nil
                self.secure = secure
                self.address = address
                sendsFiles = target.sendsFiles
                return
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func connect(_ address: LogAddress, _ deadline: Int64) throws(LogFailure) -> Descriptor {
        switch address {
        case .udp(let host, let port): try connect(host, port, .datagram, address, deadline)
        case .tcp(let host, let port), .tls(let host, let port): try connect(host, port, .stream, address, deadline)
        case .unix(let path): try connect(path, .stream, address)
        case .unixgram(let path): try connect(path, .datagrams, address)
        }
    }

    private static func connect(
        _ path: String, _ kind: UnixSocketKind, _ address: LogAddress
    ) throws(LogFailure) -> Descriptor {
        do throws(Errno) {
            let socket = try Descriptor.unixSocket(kind, nonBlocking: true)
            try socket.connect(to: UnixAddress(path))
            return socket
        } catch {
            throw LogFailure("dial \(address): connect: \(error.reason)")
        }
    }

    private static func connect(
        _ host: String, _ port: UInt16, _ kind: SocketKind, _ address: LogAddress, _ deadline: Int64
    ) throws(LogFailure) -> Descriptor {
        let found: [SocketAddress]
        do throws(LookupFailure) {
            found = try SocketAddress.lookup(host, port: port)
        } catch {
            throw LogFailure("dial \(address.description.prefix { $0 != " " }): \(error)")
        }
        var failure = Errno.addressNotAvailable
        for place in found {
            do throws(Errno) {
                let socket = try Descriptor.socket(place.family, kind)
                try socket.connect(to: place)
                var watched = [pollfd(fd: socket.raw, events: Int16(POLLOUT), revents: 0)]
                guard try poll(&watched, until: deadline) else { throw .timedOut }
                if let pending = socket.pendingError() { throw pending }
                return socket
            } catch {
                failure = error
            }
        }
        throw LogFailure("dial \(address): connect: \(failure.reason)")
    }

    /// Sends a packet: on a stream all of it, else as one datagram. A datagram that is too long for the socket, and one
    /// that a host refuses, is lost as datagrams are.
    ///
    /// - Returns: false if it was lost.
    func send(_ packet: [UInt8], deadline: Int64?) throws(LogFailure) -> Bool {
        do throws(Errno) {
            if isStream {
                try sendAll(packet, deadline)
                return true
            }
            return try sendDatagram(packet, deadline)
        } catch {
            throw LogFailure("write \(address): \(error.reason)")
        }
    }

    private var raw: Int32 { socket?.descriptor.raw ?? -1 }

    private func sendAll(_ bytes: [UInt8], _ deadline: Int64?) throws(Errno) {
        if let secure { return try secure.send(bytes, deadline: end(deadline)) }
        var start = 0
        while start < bytes.count {
            do throws(Errno) {
                start += try systemCall {
                    bytes.withUnsafeBytes {
                        Glibc.send(raw, $0.baseAddress! + start, bytes.count - start, Int32(MSG_NOSIGNAL))
                    }
                }
            } catch {
                if error != .wouldBlock { throw error }
                try waitForRoom(deadline)
            }
        }
    }

    private func sendDatagram(_ bytes: [UInt8], _ deadline: Int64?) throws(Errno) -> Bool {
        var refusals = 0
        while true {
            do throws(Errno) {
                try systemCall { Glibc.send(raw, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
                return true
            } catch {
                switch error {
                case .wouldBlock, .noBufferSpace: try waitForRoom(deadline)
                case .messageTooLong:
                    guard sendsFiles else { return false }
                    let file = try Descriptor.sealedMemory("log", bytes)
                    defer { withExtendedLifetime(file) {} }
                    try socket?.descriptor.send([], descriptor: file.raw)
                    return true
                case .connectionRefused:
                    // Of UDP it tells of an earlier datagram; this one did not go yet.
                    guard case .udp = address else { throw error }
                    refusals += 1
                    if refusals > 1 { return false }
                default: throw error
                }
            }
        }
    }

    private func waitForRoom(_ deadline: Int64?) throws(Errno) {
        var watched = [pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)]
        guard try poll(&watched, until: end(deadline)) else { throw .timedOut }
    }

    /// Whether the receiver has closed the connection: what is written now would be lost.
    var isClosedByPeer: Bool {
        guard isStream else { return false }
        if let secure { return secure.isClosedByPeer }
        var byte: UInt8 = 0
        return recv(raw, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    /// Waits for exactly these bytes from the receiver.
    func receive(_ expected: [UInt8], deadline: Int64) throws(LogFailure) {
        var received: [UInt8] = []
        do throws(Errno) {
            while received.count < expected.count {
                let part = try read(upTo: expected.count - received.count, deadline)
                if part.isEmpty { throw .connectionReset }
                received += part
            }
        } catch {
            throw LogFailure("read \(address): \(error.reason)")
        }
        if received != expected { throw LogFailure("read \(address): the answer is not for this message") }
    }

    private func read(upTo count: Int, _ deadline: Int64) throws(Errno) -> [UInt8] {
        if let secure { return try secure.read(upTo: count, deadline: deadline) }
        guard let socket else { return [] }
        guard try socket.descriptor.isReadable(until: deadline) else { throw .timedOut }
        return try socket.descriptor.read(upTo: count)
    }

    private func end(_ deadline: Int64?) -> Int64 { deadline ?? monotonicNanoseconds() + Self.longestWait }

    /// Nanoseconds without progress after which a receiver counts as gone.
    static let longestWait: Int64 = 30_000_000_000
}
