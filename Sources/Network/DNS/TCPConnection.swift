internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// A container's TCP connection to its name service: messages with two bytes of length before each (RFC 7766).
final class TCPConnection: Sendable {
    private static let idleNanoseconds: Int64 = 3_000_000_000
    private static let maximumBacklog = 256 * 1024

    private struct State {
        var input: [UInt8] = []
        var output: [UInt8] = []
        var timer = 0
        var closed = false
        var waitsForRoom = false
    }

    private let service: NameService
    private let socket: Descriptor
    private let state = Mutex(State())

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
        let timer: Int? = state.withLock { state in
            if state.closed { return nil }
            state.closed = true
            return state.timer
        }
        guard let timer else { return }
        loop.cancelTimer(timer)
        loop.remove(socket.raw)
        service.forget(socket.raw)
    }

    private func restartTimer() {
        let new = loop.after(nanoseconds: Self.idleNanoseconds) { [self] in close() }
        let old = state.withLock { state in
            defer { state.timer = new }
            return state.timer
        }
        loop.cancelTimer(old)
    }

    private func receive() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket.raw, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return close() }
        restartTimer()
        let messages = state.withLock { state in
            state.input += bytes[..<count]
            return Self.takeMessages(from: &state.input)
        }
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
    static func takeMessages(from input: inout [UInt8]) -> [[UInt8]] {
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
        let tooMuch = state.withLock { state in
            if state.closed { return false }
            state.output += [UInt8(message.count >> 8), UInt8(message.count & 255)] + message
            return state.output.count > Self.maximumBacklog
        }
        if tooMuch { close() } else { flush() }
    }

    private func flush() {
        enum Next { case nothing, failed, wait(Bool) }
        let next = state.withLock { state -> Next in
            if state.closed { return .nothing }
            if !state.output.isEmpty {
                let count = Glibc.send(
                    socket.raw, state.output, state.output.count,
                    Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
                if count < 0, errno != EAGAIN, errno != EINTR { return .failed }
                state.output.removeFirst(max(0, count))
            }
            let wait = !state.output.isEmpty
            if wait == state.waitsForRoom { return .nothing }
            state.waitsForRoom = wait
            return .wait(wait)
        }
        switch next {
        case .nothing: break
        case .failed: close()
        case .wait(let wait):
            if (try? loop.change(socket.raw, wait ? [.readable, .writable] : .readable)) == nil { close() }
        }
    }
}

extension Descriptor {
    /// The next waiting connection, non-blocking; nil when there is none.
    borrowing func accept() -> Int32? {
        let socket = clinux_accept4(raw, Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue))
        return socket < 0 ? nil : socket
    }
}
