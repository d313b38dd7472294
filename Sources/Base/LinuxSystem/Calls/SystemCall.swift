public import Glibc
public import SystemPackage

/// Runs a system call that returns -1 and sets `errno` on failure; repeats it when a signal interrupted it.
///
/// errno is read at once, before anything else can change it.
@inlinable @discardableResult
/// Returns what `call` returns, if that is not -1; else throws what it left in `errno`.
public func systemCall<Result: FixedWidthInteger & SignedInteger>(_ call: () -> Result) throws(Errno) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw Errno(rawValue: code) }
    }
}
