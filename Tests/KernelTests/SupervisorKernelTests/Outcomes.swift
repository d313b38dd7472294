import EngineModel
import Synchronization

/// Results that several threads report.
final class Outcomes: Sendable {
    private let all = Mutex<[EngineError?]>([])

    func add(_ error: EngineError?) { all.withLock { $0.append(error) } }

    var count: Int { all.withLock { $0.count } }
    var errors: [EngineError] { all.withLock { $0.compactMap { $0 } } }
}
