internal import CLinux
internal import Glibc
internal import Synchronization
public import SystemPackage

/// Runs something on a thread of its own and waits for it: what it does to its thread, such as entering a namespace,
/// ends with the thread and is seen by nobody else.
public enum NamespaceThread {
    /// - Parameters:
    ///   - namespaces: what the thread gets new, `CLONE_NEWNS | CLONE_NEWNET` (unshare(2)). A new mount namespace
    ///     passes no mounts on to others, and has a working directory of its own.
    ///   - name: at most 15 bytes, shown by `ps -L`.
    /// - Throws: when no thread can be made or the kernel refuses the namespaces; else what `body` throws.
    public static func run<Value: ~Copyable & Sendable>(
        unsharing namespaces: Int32 = 0, name: String = "namespace",
        _ body: @escaping @Sendable () throws(Errno) -> Value
    ) throws(Errno) -> Value {
        try wait(name) { () throws(Errno) in
            if namespaces != 0 { try systemCall { clinux_unshare(namespaces) } }
            if namespaces & CLONE_NEWNS != 0 {
                try systemCall { mount(nil, "/", nil, UInt(MS_REC | MS_PRIVATE), nil) }
            }
            return try body()
        }
    }

    /// - Parameter namespace: an open namespace that the thread joins, of `kind` such as `CLONE_NEWNET` (setns(2)).
    public static func run<Value: ~Copyable & Sendable>(
        joining namespace: borrowing Descriptor, kind: Int32, name: String = "namespace",
        _ body: @escaping @Sendable () throws(Errno) -> Value
    ) throws(Errno) -> Value {
        let raw = namespace.raw
        return try wait(name) { () throws(Errno) in
            try systemCall { clinux_setns(raw, kind) }
            return try body()
        }
    }

    private static func wait<Value: ~Copyable & Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws(Errno) -> Value
    ) throws(Errno) -> Value {
        let outcome = Outcome<Value>()
        try startThread(name: name) {
            do throws(Errno) {
                outcome.end(.success(try body()))
            } catch {
                outcome.end(.failure(error))
            }
        }
        return try outcome.wait().get()
    }
}

/// What a thread leaves behind.
private final class Outcome<Value: ~Copyable & Sendable>: Sendable {
    private let result = Mutex<Result<Value, Errno>?>(nil)
    private let ended = Semaphore()

    func end(_ value: consuming sending Result<Value, Errno>) {
        var value = Optional.some(value)
        result.withLock { swap(&$0, &value) }
        ended.signal()
    }

    func wait() -> Result<Value, Errno> {
        ended.wait()
        return result.withLock { $0.take() ?? .failure(.canceled) }
    }
}
