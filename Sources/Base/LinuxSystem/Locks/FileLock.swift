internal import CLinux
internal import Glibc
public import Primitives
internal import Synchronization
public import SystemPackage

/// A lock on an open file or directory (flock(2)), between processes and between the threads of one: held while the
/// value lives, and let go by the kernel when its holder dies.
///
/// The lock belongs to the open file and not to its path. Where holders may remove the lock file, it is taken by path:
/// then the path is known to name the file that was locked.
public struct FileLock: ~Copyable, Sendable {
    /// What others can have meanwhile: a lock that is shared as well, or none.
    public enum Kind: Sendable {
        case shared, exclusive

        fileprivate var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
    }

    /// What is locked.
    public let file: Descriptor

    fileprivate init(locked file: consuming Descriptor) {
        self.file = file
    }

    /// A child on its way to its program may still hold a copy of the descriptor: closing alone would not do.
    deinit { unlock() }

    /// Lets go early.
    public borrowing func unlock() { _ = flock(file.raw, LOCK_UN) }

    /// Changes the kind without waiting. The old lock is let go first: another may come between.
    ///
    /// - Returns: false if another came between; then nothing is held.
    public borrowing func change(to kind: Kind) throws(Errno) -> Bool { try file.lockIfFree(kind) }
}

// MARK: What is open already

extension FileLock {
    /// Nanoseconds that a lock is waited for which is only held for moments, or while something is deleted: after that its
    /// holder is stopped or stuck.
    private static let patience: Int64 = 600_000_000_000

    /// Waits for a lock that is held for moments; ETIMEDOUT after ten minutes. Who holds one for longer work has others
    /// wait with a cancellation.
    public init(_ file: consuming Descriptor, _ kind: Kind = .exclusive) throws(Errno) {
        guard let lock = try FileLock(file, kind, deadline: monotonicNanoseconds() + Self.patience) else {
            throw .timedOut
        }
        self = lock
    }

    /// nil while another holds it.
    public init?(ifFree file: consuming Descriptor, _ kind: Kind = .exclusive) throws(Errno) {
        guard try file.lockIfFree(kind) else { return nil }
        self.init(locked: file)
    }

    /// Waits for the lock until `deadline` (monotonic nanoseconds; nil: for ever) or until it is cancelled; nil then.
    public init?(
        _ file: consuming Descriptor, _ kind: Kind = .exclusive, deadline: Int64?, cancellation: Cancellation? = nil
    ) throws(Errno) {
        if try file.lockIfFree(kind) {
            self.init(locked: file)
            return
        }
        let request = LockRequest(try file.duplicate())
        let token = cancellation?.onCancel { request.ended.signal() }
        defer { if let token { cancellation?.forget(token) } }
        if cancellation?.isCancelled == true { return nil }
        try startThread(name: "lock") { request.fulfil(kind) }
        if let deadline { _ = request.ended.wait(until: deadline) } else { request.ended.wait() }
        guard let error = request.takeAnswer() else { return nil }
        guard error == 0 else { throw Errno(rawValue: error) }
        self.init(locked: file)
    }
}

// MARK: Lock files

extension FileLock {
    /// Waits for the lock on a file, which is made if it is missing; for a lock that is held for moments, as above.
    public init(_ path: String, _ kind: Kind = .exclusive) throws(Errno) {
        while true {
            let lock = try FileLock(try Self.open(path), kind)
            if try lock.isNamed(path) {
                self = lock
                return
            }
        }
    }

    /// nil while another holds it.
    public init?(ifFree path: String, _ kind: Kind = .exclusive) throws(Errno) {
        while true {
            guard let lock = try FileLock(ifFree: try Self.open(path), kind) else { return nil }
            if try lock.isNamed(path) {
                self = lock
                return
            }
        }
    }

    /// Waits for the lock until `deadline` (monotonic nanoseconds; nil: for ever) or until it is cancelled; nil then.
    public init?(
        _ path: String, _ kind: Kind = .exclusive, deadline: Int64?, cancellation: Cancellation? = nil
    ) throws(Errno) {
        while true {
            guard let lock = try FileLock(try Self.open(path), kind, deadline: deadline, cancellation: cancellation)
            else { return nil }
            if try lock.isNamed(path) {
                self = lock
                return
            }
        }
    }

    /// Removes the lock's file. The last thing that its holder does: whoever waits for it makes a new one.
    public borrowing func remove(_ path: String) { unlink(path) }

    private static func open(_ path: String) throws(Errno) -> Descriptor {
        try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
    }

    private borrowing func isNamed(_ path: String) throws(Errno) -> Bool { try file.isNamed(path) }
}

extension Descriptor {
    /// Whether `path` still leads to this file, which is locked: the last holder may have removed it after it was opened.
    borrowing func isNamed(_ path: String) throws(Errno) -> Bool {
        let own = try status()
        var named = stat()
        guard lstat(path, &named) == 0 else {
            if errno == ENOENT { return false }
            throw Errno(rawValue: errno)
        }
        return named.st_ino == own.st_ino && named.st_dev == own.st_dev
    }

    fileprivate borrowing func lockIfFree(_ kind: FileLock.Kind) throws(Errno) -> Bool {
        do throws(Errno) {
            try systemCall { flock(raw, kind.operation | LOCK_NB) }
            return true
        } catch {
            if error == .wouldBlock { return false }
            throw error
        }
    }
}

/// A lock that a thread waits for. flock(2) itself cannot be given up: a thread that nobody waits for any more gets the
/// lock at some time, and lets go of it at once.
private final class LockRequest: Sendable {
    private struct State {
        /// 0 is success.
        var error: Int32?
        var isAbandoned = false
    }

    let ended = Semaphore()
    private let file: Descriptor
    private let state = Mutex(State())

    init(_ file: consuming Descriptor) {
        self.file = file
    }

    func fulfil(_ kind: FileLock.Kind) {
        var error: Int32 = 0
        do throws(Errno) {
            try systemCall { flock(file.raw, kind.operation) }
        } catch let failure {
            error = failure.rawValue
        }
        let isAbandoned = state.withLock { state in
            state.error = error
            return state.isAbandoned
        }
        if isAbandoned { _ = flock(file.raw, LOCK_UN) }
        ended.signal()
    }

    /// nil if the lock is not there; whenever it comes, it is let go.
    func takeAnswer() -> Int32? {
        state.withLock { state in
            state.isAbandoned = state.error == nil
            return state.error
        }
    }
}
