internal import CLaunch
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// The small C process that is the parent of a project's containers and outlives its supervisor.
///
/// All functions block shortly and may be called from any thread. The keeper handles one request at a time, but only
/// the clone of a launch: what follows runs in the child.
public final class Keeper: Sendable {
    /// Connections that are free at the moment.
    private let idle = Mutex<[Int32]>([])
    private let directory: Descriptor
    private let lost = Atomic(false)
    /// Monotonic nanoseconds until which a keeper that did not answer is not asked again: a start asks it many things.
    private let silentUntil = Atomic<Int64>(0)
    /// Seconds that an answer may take: more than any request needs.
    private static let patience = 10

    /// Whether nobody listened when it was last asked: it is dead, or its socket was removed.
    public var isLost: Bool { lost.load(ordering: .relaxed) }

    private init(directory: consuming Descriptor) {
        self.directory = directory
    }

    deinit {
        for connection in idle.withLock({ $0 }) { close(connection) }
    }

    /// Forks the keeper off. Call it before this process has other threads or much memory. `runDirectory` exists; it
    /// gets `keeper.sock` and `exits.log`.
    public static func fork(runDirectory: String) throws(RuntimeError) -> Keeper {
        do throws(Errno) {
            let directory = try Descriptor.open(runDirectory, O_RDONLY | O_DIRECTORY)
            unlinkat(directory.raw, socketName, 0)
            let listener = try Descriptor.unixSocket(.packets)
            let mask = umask(0o177)
            defer { umask(mask) }
            try listener.bind(to: UnixAddress(socketName, in: directory))
            try listener.listen(backlog: 64)
            let log = try directory.open(at: logName, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
            let (title, length) = argumentMemory()
            let code = claunch_fork_keeper(listener.raw, directory.raw, log.raw, title, length)
            guard code == 0 else { throw Errno(rawValue: code) }
            return Keeper(directory: directory)
        } catch {
            throw RuntimeError(.keeper, step: "start the keeper", cause: error)
        }
    }

    /// Connects to the keeper that an earlier supervisor left behind; nil when there is none.
    public static func connect(runDirectory: String) throws(RuntimeError) -> Keeper? {
        let keeper: Keeper
        do throws(Errno) {
            keeper = Keeper(directory: try Descriptor.open(runDirectory, O_RDONLY | O_DIRECTORY))
            keeper.release(try keeper.connection())
        } catch {
            if error == .noSuchFileOrDirectory || error == .connectionRefused { return nil }
            throw RuntimeError(.keeper, step: "reach the keeper", cause: error)
        }
        // One that is just leaving hangs up instead of answering.
        do throws(RuntimeError) {
            _ = try keeper.children()
        } catch {
            if error.cause == .timedOut { throw error }
            return nil
        }
        return keeper
    }

    static let socketName = "keeper.sock"
    static let logName = "exits.log"

    /// argv's memory, which the keeper overwrites in its own copy to be called by its name.
    private static func argumentMemory() -> (UnsafeMutablePointer<CChar>?, Int) {
        let arguments = CommandLine.unsafeArgv
        guard CommandLine.argc > 0, let first = arguments[0] else { return (nil, 0) }
        var end = first
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = arguments[index], argument == end else { break }
            end = argument + strlen(argument) + 1
        }
        return (first, end - first)
    }

    // MARK: requests

    func connection() throws(Errno) -> Int32 {
        if let free = idle.withLock({ $0.popLast() }) { return free }
        return try freshConnection().take()
    }

    private func freshConnection() throws(Errno) -> Descriptor {
        let socket = try Descriptor.unixSocket(.packets)
        try socket.setTimeouts(seconds: Self.patience)
        try socket.connect(to: UnixAddress(Self.socketName, in: directory))
        return socket
    }

    /// After a failure: one that does not answer is named, and whether there is one at all is found out.
    private func failure(_ error: Errno) -> RuntimeError {
        do throws(Errno) {
            let socket = try freshConnection()
            guard error == .wouldBlock || error == .timedOut else {
                return RuntimeError(.keeper, step: "reach the keeper", cause: error)
            }
            if error == .wouldBlock {
                silentUntil.store(monotonicNanoseconds() + Int64(Self.patience) * 1_000_000_000, ordering: .relaxed)
            }
            let process = (try? socket.peerCredentials().process) ?? 0
            return RuntimeError(
                .keeper, step: "reach the keeper", cause: .timedOut,
                reason: "process \(process) has not answered for \(Self.patience) s")
        } catch {
            if error == .noSuchFileOrDirectory || error == .connectionRefused { lost.store(true, ordering: .relaxed) }
            return RuntimeError(.keeper, step: "reach the keeper", cause: error)
        }
    }

    func release(_ connection: Int32) { idle.withLock { $0.append(connection) } }

    /// Sends a request and gives each reply to `handle`, until the last.
    @discardableResult
    func ask(
        _ kind: claunch_request_kind, name: String = "", value: UInt64 = 0, descriptors: [Int32] = [],
        _ handle: (claunch_reply) -> Void = { _ in }
    ) throws(RuntimeError) -> KeeperAnswer {
        var request = claunch_request()
        request.kind = kind.rawValue
        request.value = value
        guard name.utf8.count < Int(CLAUNCH_NAME) else {
            throw RuntimeError(.invalid, step: "name a descriptor \"\(name)\"", reason: "at most 127 bytes")
        }
        withUnsafeMutableBytes(of: &request.name) { $0.copyBytes(from: name.utf8) }
        do throws(Errno) {
            if monotonicNanoseconds() < silentUntil.load(ordering: .relaxed) { throw .timedOut }
            let socket = try connection()
            var failed = true
            defer { if failed { close(socket) } else { release(socket) } }
            let size = MemoryLayout<claunch_request>.size
            let sent = clinux_send_descriptors(socket, &request, size, descriptors, Int32(descriptors.count), 0)
            guard sent == size else { throw Errno(rawValue: errno) }
            while true {
                var reply = claunch_reply()
                var fd: Int32 = -1
                var count: Int32 = 1
                let length = clinux_receive_descriptors(
                    socket, &reply, MemoryLayout<claunch_reply>.size, &fd, &count, 0)
                if length < 0 { throw Errno(rawValue: errno) }
                guard length == MemoryLayout<claunch_reply>.size else { throw .connectionReset }
                if reply.last == 0 {
                    handle(reply)
                    continue
                }
                failed = false
                silentUntil.store(0, ordering: .relaxed)
                return KeeperAnswer(last: reply, descriptor: count == 1 ? Descriptor(owning: fd) : nil)
            }
        } catch {
            throw failure(error)
        }
    }
}

/// The last reply to a request, with the descriptor that came along.
struct KeeperAnswer: ~Copyable {
    let last: claunch_reply
    var descriptor: Descriptor?

    consuming func takeDescriptor() -> Descriptor? { descriptor }
}
