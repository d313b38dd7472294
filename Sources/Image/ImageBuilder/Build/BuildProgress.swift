internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import Synchronization

/// Tells what happens in a build, with a number for each step. Any thread may use it; the listener is called by one at
/// a time.
final class BuildProgress: Sendable {
    private let listener: @Sendable (BuildEvent) -> Void
    private let next = Mutex(1)

    init(_ listener: @escaping @Sendable (BuildEvent) -> Void) {
        self.listener = listener
    }

    func send(_ event: BuildEvent) {
        next.withLock { _ in listener(event) }
    }

    func started(_ name: String) -> Int {
        next.withLock { next in
            let id = next
            next += 1
            listener(.started(id: id, name: name, at: .now()))
            return id
        }
    }

    func completed(_ id: Int, cached: Bool = false, error: String? = nil) {
        send(.completed(id: id, cached: cached, error: error, at: .now()))
    }

    func cached(_ name: String) {
        completed(started(name), cached: true)
    }

    /// Runs a step that is not an instruction.
    func step<Result>(_ name: String, _ body: (Int) throws -> Result) throws(EngineError) -> Result {
        let id = started(name)
        do {
            let result = try body(id)
            completed(id)
            return result
        } catch {
            let error = EngineError(error)
            completed(id, error: error.code == .cancelled ? "CANCELED" : error.description)
            throw error
        }
    }
}
