internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A container's TCP connection to its name service: messages with two bytes of length before each (RFC 7766).
@LoopActor
final class TCPConnection {
    private static let idleNanoseconds: Int64 = 3_000_000_000
    private static let maximumBacklog = 256 * 1024

    private let service: NameService
    private let socket: Descriptor
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var timer: EventLoop.Timer?
    private var closed = false
    private var waitsForRoom = false

    init(service: NameService, socket: consuming Descriptor) {
        self.service = service
        self.socket = socket
    }

    private var loop: EventLoop { service.server.loop }

    func start() {
        do throws(Errno) {
            try loop.add(socket.raw, .readable) { [self] events in
                if events.contains(.writable) { flush() }
                if !events.isDisjoint(with: [.readable, .hungUp, .failed]) { receive() }
            }
            restartTimer()
        } catch {
            close()
        }
    }

    func close() {
        if closed { return }
        closed = true
        loop.cancel(timer)
        loop.remove(socket.raw)
        service.forget(socket.raw)
    }

    private func restartTimer() {
        loop.cancel(timer)
        timer = loop.after(nanoseconds: Self.idleNanoseconds) { [self] in close() }
    }

    private func receive() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket.raw, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return close() }
        restartTimer()
        input += bytes[..<count]
        let messages = Self.takeMessages(from: &input)
        var response = [UInt8](repeating: 0, count: 65535)
        for message in messages {
            let length = message.withUnsafeBytes { message in
                response.withUnsafeMutableBytes {
                    service.handle(message, into: $0, overTCP: true) { [self] in send($0) }
                }
            }
            if length > 0 { send(Array(response[..<length])) }
        }
    }

    /// Cuts the complete messages off the front of `input`.
    nonisolated static func takeMessages(from input: inout [UInt8]) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var start = 0
        while input.count - start >= 2 {
            let length = Int(input[start]) << 8 | Int(input[start + 1])
            guard input.count - start - 2 >= length else { break }
            messages.append(Array(input[start + 2..<start + 2 + length]))
            start += 2 + length
        }
        input.removeFirst(start)
        return messages
    }

    private func send(_ message: [UInt8]) {
        if closed { return }
        output += [UInt8(message.count >> 8), UInt8(message.count & 255)] + message
        if output.count > Self.maximumBacklog { close() } else { flush() }
    }

    private func flush() {
        if closed { return }
        if !output.isEmpty {
            let count = Glibc.send(
                socket.raw, output, output.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            if count < 0, errno != EAGAIN, errno != EINTR { return close() }
            output.removeFirst(max(0, count))
        }
        let waits = !output.isEmpty
        if waits == waitsForRoom { return }
        waitsForRoom = waits
        if (try? loop.change(socket.raw, waits ? [.readable, .writable] : .readable)) == nil { close() }
    }
}

extension Descriptor {
    /// The next waiting connection, non-blocking; nil when there is none.
    borrowing func accept() -> Int32? {
        let socket = clinux_accept4(raw, Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue))
        return socket < 0 ? nil : socket
    }
}
