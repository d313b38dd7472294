internal import CLaunch
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A cloned process, before and while it becomes a program.
struct ClonedProcess: ~Copyable, Sendable {
    let pid: Int32
    /// Field 22 of `/proc/PID/stat`.
    let startTicks: UInt64
    let pidfd: Descriptor

    consuming func takePidfd() -> Descriptor { pidfd }
}

/// What a launch began with.
struct StartedChild: ~Copyable, Sendable {
    /// The child; for a plan that enters a pid namespace the intermediate, whose own child becomes the program.
    let process: ClonedProcess
    /// Where the intermediate's child is told of; nil if there is no intermediate.
    let birth: Birth?
    /// Whether this process is the parent, and has to reap.
    let isOwn: Bool

    /// The socket with the one message that names an intermediate's child.
    struct Birth: ~Copyable, Sendable {
        let socket: Descriptor
        /// The message is the last answer to the launch; else it is the intermediate's own (`claunch_receive_birth`).
        let isKeepers: Bool
    }
}

/// Watches a launch: until its program runs, a step has failed, or it takes too long. One thread at a time.
///
/// A launcher can be stopped, and what it opens can keep it waiting: nobody waits for it without a deadline.
struct LaunchProgress: ~Copyable {
    private let failures: Descriptor
    private let started: StartedChild
    /// The intermediate's child.
    private var born: ClonedProcess?
    /// The intermediate has ended, with or without a child.
    private var intermediateEnded = false
    /// Nobody can tell of a child any more.
    private var birthIsOver = false

    /// - Parameter failures: the reading end of the launch's pipe.
    init(_ started: consuming StartedChild, failures: consuming Descriptor) {
        self.started = started
        self.failures = failures
    }

    private var hasIntermediate: Bool {
        switch started.birth {
        case .some: true
        case .none: false
        }
    }

    private var isBorn: Bool {
        switch born {
        case .some: true
        case .none: false
        }
    }

    /// What the launcher said (``claunch_failure``); empty when its program was executed; nil when `deadline`,
    /// monotonic nanoseconds, has passed.
    mutating func wait(until deadline: Int64) throws(Errno) -> [UInt8]? {
        while true {
            // Whose process is watched now: that may change in between.
            let isProgram = !hasIntermediate || isBorn
            var watched = [failures.raw, birthToAwait, processToWatch].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard try poll(&watched, until: deadline) else { return nil }
            if watched[0].revents != 0 { return try readFailure() }
            if watched[1].revents != 0 { receiveBirth() }
            guard watched[2].revents != 0 else { continue }
            // A copy of the pipe may be in a sibling that was cloned just then: the process's own end counts too.
            if isProgram { return try pendingFailure() }
            receiveBirth()
            intermediateEnded = true
        }
    }

    private var birthToAwait: Int32 {
        guard !isBorn, !birthIsOver else { return -1 }
        switch started.birth {
        case .some(let birth): return birth.socket.raw
        case .none: return -1
        }
    }

    private var processToWatch: Int32 {
        switch born {
        case .some(let process): return process.pidfd.raw
        case .none: return intermediateEnded ? -1 : started.process.pidfd.raw
        }
    }

    private func readFailure() throws(Errno) -> [UInt8] {
        try failures.read(upTo: MemoryLayout<claunch_failure>.size)
    }

    private func pendingFailure() throws(Errno) -> [UInt8] {
        try failures.isReadable(until: 0) ? try readFailure() : []
    }

    /// Takes the message if it is there.
    private mutating func receiveBirth() {
        let socket = birthToAwait
        guard socket >= 0 else { return }
        if awaitsKeeper {
            receiveAnswer(socket)
        } else {
            receiveMessage(socket)
        }
    }

    private var awaitsKeeper: Bool {
        switch started.birth {
        case .some(let birth): birth.isKeepers
        case .none: false
        }
    }

    /// It is believed from the intermediate only.
    private mutating func receiveMessage(_ socket: Int32) {
        var sender: Int32 = 0
        var child: Int32 = 0
        guard claunch_receive_birth(socket, &sender, &child) == 0 else {
            birthIsOver = errno != EAGAIN
            return
        }
        guard sender == started.process.pid, claunch_is_child(child) != 0,
            let pidfd = try? systemCall({ clinux_pidfd_open(child, 0) })
        else {
            return
        }
        born = ClonedProcess(pid: child, startTicks: claunch_start_ticks(child), pidfd: Descriptor(owning: pidfd))
    }

    private mutating func receiveAnswer(_ socket: Int32) {
        var reply = claunch_reply()
        var fd: Int32 = -1
        var count: Int32 = 1
        let size = MemoryLayout<claunch_reply>.size
        let length = clinux_receive_descriptors(socket, &reply, size, &fd, &count, Int32(MSG_DONTWAIT))
        guard length == size, count == 1 else {
            // Hung up, or it ended without a child.
            birthIsOver = length >= 0 || errno != EAGAIN
            return
        }
        born = ClonedProcess(pid: reply.pid, startTicks: reply.start_ticks, pidfd: Descriptor(owning: fd))
    }

    /// The process that executed the program. Only after ``wait(until:)`` returned nothing but emptiness.
    ///
    /// - Throws: ESRCH when it had ended before anybody could tell of it, ETIMEDOUT.
    consuming func takeProgram(until deadline: Int64) throws(Errno) -> ClonedProcess {
        guard hasIntermediate else { return started.process }
        while !isBorn {
            if birthIsOver { throw .noSuchProcess }
            var watched = [pollfd(fd: birthToAwait, events: Int16(POLLIN), revents: 0)]
            guard try poll(&watched, until: deadline) else { throw .timedOut }
            receiveBirth()
        }
        if started.isOwn { Self.reap(started.process.pidfd) }
        guard let program = born.take() else { throw .noSuchProcess }
        return program
    }

    /// Ends what has been started, and leaves no zombies: the keeper reaps its own. An unreaped one would keep its whole
    /// pid namespace from ending.
    ///
    /// - Parameter hasFailed: it said so, and ends by itself: killed before that, an intermediate could not tell of its
    ///   child any more.
    consuming func end(hasFailed: Bool) {
        if hasFailed { Self.awaitEnd(of: started.process.pidfd) }
        receiveBirth()
        clinux_pidfd_send_signal(started.process.pidfd.raw, SIGKILL)
        // It may have told of its child until now.
        if started.isOwn { Self.reap(started.process.pidfd) }
        receiveBirth()
        guard let program = born.take() else { return }
        clinux_pidfd_send_signal(program.pidfd.raw, SIGKILL)
        if started.isOwn { Self.reap(program.pidfd) }
    }

    private static func reap(_ pidfd: borrowing Descriptor) {
        guard awaitEnd(of: pidfd) else { return }
        var information = siginfo_t()
        _ = try? systemCall { waitid(P_PIDFD, id_t(pidfd.raw), &information, WEXITED | WNOHANG) }
    }

    /// Waits a second at most: what is killed in a frozen cgroup may only die when that thaws.
    @discardableResult
    private static func awaitEnd(of process: borrowing Descriptor) -> Bool {
        (try? process.isReadable(until: monotonicNanoseconds() + 1_000_000_000)) == true
    }
}
