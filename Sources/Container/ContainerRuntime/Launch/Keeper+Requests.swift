internal import CLaunch
internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Primitives
internal import SystemPackage

/// A running child of the keeper.
public struct KeeperChild: Sendable, Hashable {
    /// The container's or exec's id.
    public var tag: String
    /// Of the program that was launched, not of the keeper.
    public var identity: ProcessIdentity

    public init(tag: String, identity: ProcessIdentity) {
        self.tag = tag
        self.identity = identity
    }
}

extension Keeper {
    /// Starts the plan's child as a child of the keeper; returns when its program was executed.
    ///
    /// - Parameter deadline: monotonic nanoseconds; a launch that takes longer is killed.
    public func launch(
        _ plan: LaunchPlan, descriptors: LaunchDescriptors, deadline: Int64
    ) throws(RuntimeError) -> LaunchedProcess {
        let launcher = PlanLauncher(plan: plan, descriptors: descriptors)
        return try launcher.run(until: deadline) { block, numbers throws(RuntimeError) in
            let memory = try Self.memory(holding: block)
            return try self.start(plan, [memory.raw] + numbers)
        }
    }

    /// A connection of its own: for an intermediate the last answer comes later, to whoever watches the launch.
    private func start(_ plan: LaunchPlan, _ descriptors: [Int32]) throws(RuntimeError) -> StartedChild {
        let number: Int32
        do throws(Errno) {
            number = try connection()
        } catch {
            throw RuntimeError(.keeper, step: "reach the keeper", cause: error)
        }
        do throws(Errno) {
            let socket = Descriptor(owning: number)
            var request = claunch_request()
            request.kind = CLAUNCH_REQUEST_LAUNCH.rawValue
            let size = MemoryLayout<claunch_request>.size
            try systemCall {
                clinux_send_descriptors(socket.raw, &request, size, descriptors, Int32(descriptors.count), 0)
            }
            var first = claunch_reply()
            var fd: Int32 = -1
            var count: Int32 = 1
            let replySize = MemoryLayout<claunch_reply>.size
            let length = try systemCall {
                clinux_receive_descriptors(socket.raw, &first, replySize, &fd, &count, 0)
            }
            guard length == replySize else { throw .connectionReset }
            guard count == 1 else {
                release(socket.take())
                throw Errno(rawValue: first.error)
            }
            let pidfd = Descriptor(owning: fd)
            let process = ClonedProcess(pid: first.pid, startTicks: first.start_ticks, pidfd: pidfd)
            guard first.last == 0 else {
                release(socket.take())
                return StartedChild(process: process, birth: nil, isOwn: false)
            }
            let birth = StartedChild.Birth(socket: socket, isKeepers: true)
            return StartedChild(process: process, birth: birth, isOwn: false)
        } catch {
            throw RuntimeError(.system, container: plan.containerName, step: "start a process", cause: error)
        }
    }

    private static func memory(holding block: [UInt8]) throws(RuntimeError) -> Descriptor {
        do throws(Errno) {
            let memory = Descriptor(owning: try systemCall { clinux_memfd_create("plan", 1) })
            try memory.writeAll(block)
            return memory
        } catch {
            throw RuntimeError(.system, step: "pass the plan on", cause: error)
        }
    }

    /// The keeper's running children.
    public func children() throws(RuntimeError) -> [KeeperChild] {
        var found: [KeeperChild] = []
        try ask(CLAUNCH_REQUEST_CHILDREN) {
            let identity = ProcessIdentity(pid: $0.pid, startTicks: $0.start_ticks)
            found.append(KeeperChild(tag: $0.text, identity: identity))
        }
        return found
    }

    /// Leaves a duplicate of `descriptor` with the keeper under `key` (at most 127 bytes); replaces an older one.
    public func keep(_ descriptor: borrowing Descriptor, as key: String) throws(RuntimeError) {
        try check(try ask(CLAUNCH_REQUEST_KEEP, name: key, descriptors: [descriptor.raw]).last, "keep a descriptor")
    }

    /// A duplicate of the descriptor kept under `key`; nil when there is none.
    public func keptDescriptor(_ key: String) throws(RuntimeError) -> Descriptor? {
        try ask(CLAUNCH_REQUEST_KEPT, name: key).takeDescriptor()
    }

    /// The keys of all kept descriptors.
    public func keptKeys() throws(RuntimeError) -> [String] {
        var keys: [String] = []
        try ask(CLAUNCH_REQUEST_KEYS) { keys.append($0.text) }
        return keys.sorted()
    }

    /// Closes the kept descriptor; there need not be one.
    public func drop(_ key: String) throws(RuntimeError) {
        try ask(CLAUNCH_REQUEST_DROP, name: key)
    }

    /// Calls `handler` for every child that ends from now on: also for those whose launch failed,
    /// and possibly before the launch has returned, so compare identities. A nil record: the keeper is gone,
    /// or could not get rid of its messages; after that there are no more calls.
    public func watchExits(
        on loop: EventLoop, _ handler: @escaping @LoopActor (ExitRecord?) -> Void
    ) throws(RuntimeError) {
        do throws(Errno) {
            let socket = Descriptor(owning: try connection())
            var request = claunch_request()
            request.kind = CLAUNCH_REQUEST_WATCH.rawValue
            let size = MemoryLayout<claunch_request>.size
            guard clinux_send_descriptors(socket.raw, &request, size, nil, 0, 0) == size else {
                throw Errno(rawValue: errno)
            }
            guard let answer = try Self.receiveReply(socket.raw), answer.error == 0 else { throw .connectionReset }
            try socket.setNonBlocking()
            let raw = socket.take()
            try LoopActor.sync { () throws(Errno) in
                try loop.add(raw, .readable) { _ in Self.handleExits(on: raw, loop, handler) }
            }
        } catch {
            throw RuntimeError(.keeper, step: "watch for exits", cause: error)
        }
    }

    /// Takes what the keeper has sent. Closes `socket` at the end.
    @LoopActor
    private static func handleExits(
        on socket: Int32, _ loop: EventLoop, _ handler: @LoopActor (ExitRecord?) -> Void
    ) {
        while true {
            do throws(Errno) {
                guard let reply = try receiveReply(socket) else { throw .connectionReset }
                handler(ExitRecord(reply))
            } catch {
                if error == .wouldBlock { return }
                loop.remove(socket)
                close(socket)
                handler(nil)
                return
            }
        }
    }

    /// nil at the end.
    private static func receiveReply(_ socket: Int32) throws(Errno) -> claunch_reply? {
        var reply = claunch_reply()
        var count: Int32 = 0
        let length = clinux_receive_descriptors(socket, &reply, MemoryLayout<claunch_reply>.size, nil, &count, 0)
        if length < 0 { throw Errno(rawValue: errno) }
        return length == MemoryLayout<claunch_reply>.size ? reply : nil
    }

    /// All exits of containers that the keeper recorded in `runDirectory` since the last ``forgetExits(size:)``, and the
    /// size of the record in bytes. Works without a keeper.
    public static func recordedExits(runDirectory: String) -> (records: [ExitRecord], size: Int64) {
        guard let bytes = try? Files.read("\(runDirectory)/\(logName)") else { return ([], 0) }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return (lines.compactMap { ExitRecord(line: $0) }, Int64(bytes.count))
    }

    /// Empties the record when it is still of that `size`: for when all of it was stored elsewhere.
    public func forgetExits(size: Int64) throws(RuntimeError) {
        try ask(CLAUNCH_REQUEST_FORGET, value: UInt64(max(0, size)))
    }

    /// Ends the keeper. Children that still run get `SIGKILL` first if `killChildren`; else it is refused (EBUSY).
    public func shutDown(killChildren: Bool = false) throws(RuntimeError) {
        try check(
            try ask(CLAUNCH_REQUEST_SHUTDOWN, value: killChildren ? 1 : 0).last, "end the keeper")
    }

    private func check(_ reply: claunch_reply, _ step: String) throws(RuntimeError) {
        if reply.error != 0 { throw RuntimeError(.keeper, step: step, cause: Errno(rawValue: reply.error)) }
    }
}

extension claunch_reply {
    var text: String {
        withUnsafeBytes(of: name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension ExitRecord {
    init(_ reply: claunch_reply) {
        self.init(
            tag: reply.text, identity: ProcessIdentity(pid: reply.pid, startTicks: reply.start_ticks),
            status: ExitStatus(waitStatus: reply.wait_status), time: Instant(nanoseconds: reply.time))
    }

    /// A line of the exit log: tag, pid, start ticks, wait status, nanoseconds.
    init?(line: Substring) {
        let fields = line.split(separator: " ")
        guard fields.count == 5, let pid = Int32(fields[1]), let ticks = UInt64(fields[2]),
            let status = Int32(fields[3]),
            let time = Int64(fields[4])
        else { return nil }
        self.init(
            tag: String(fields[0]), identity: ProcessIdentity(pid: pid, startTicks: ticks),
            status: ExitStatus(waitStatus: status), time: Instant(nanoseconds: time))
    }
}
