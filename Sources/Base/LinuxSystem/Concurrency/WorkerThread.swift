internal import CLinux
internal import Glibc
public import SystemPackage

/// Starts `body` on a new detached thread of its own, for work that blocks.
///
/// - Parameters:
///   - name: at most 15 bytes, shown by `ps -L`.
///   - stackSize: bytes of address space; memory is used only as far as the stack grows.
public func startThread(
    name: String, stackSize: Int = 1 << 20, _ body: @escaping @Sendable () -> Void
) throws(Errno) {
    final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, stackSize)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Start(name: name, body: body))
    let code = pthread_create(
        &thread, &attributes,
        { argument in
            let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
            clinux_name_thread(start.name)
            start.body()
            return nil
        }, context.toOpaque())
    if code != 0 {
        context.release()
        throw Errno(rawValue: code)
    }
}
