/// When a transfer is tried again: a value without I/O or a clock of its own. Times are nanoseconds of one clock.
///
/// An attempt that moved the transfer on makes the count of failures start again, so that a large blob survives many
/// interruptions, while a server that never gives anything is given up soon.
struct TransferMachine: Sendable {
    typealias Patience = RegistryOptions.Patience

    /// How an attempt failed.
    enum Failure: Hashable, Sendable {
        /// Trying again may help: the network, a stall, 5xx.
        case transient
        /// The server asks to wait this long, in nanoseconds (429, 503 with Retry-After); nil: it does not say.
        case busy(Int64?)
        /// There is nobody to talk to: tried again only once or twice, so that a typing error shows at once.
        case unreachable
        /// What was received is not what it should be: once more from the beginning.
        case corrupt
        case permanent
    }

    enum Action: Hashable, Sendable {
        /// Wait until then and go on from the offset.
        case retry(at: Int64, from: Int64)
        case giveUp
    }

    private let patience: Patience
    /// In a row, without progress between them.
    private(set) var failures = 0
    /// Bytes that are there.
    private(set) var offset: Int64
    private var corruptions = 0
    private var attempts = 0

    /// Even with progress in each of them.
    private static let attemptLimit = 100

    /// - Parameter offset: bytes that an earlier transfer left.
    init(_ patience: Patience, offset: Int64 = 0) {
        self.patience = patience
        self.offset = offset
    }

    /// An attempt ended without success.
    ///
    /// - Parameters:
    ///   - offset: bytes that are there now.
    ///   - random: 0..<1, spreads clients that failed at the same time.
    mutating func failed(_ failure: Failure, offset reached: Int64, now: Int64, random: Double) -> Action {
        attempts += 1
        failures = reached > offset ? 1 : failures + 1
        offset = reached
        if attempts >= Self.attemptLimit { return .giveUp }
        switch failure {
        case .permanent: return .giveUp
        case .corrupt:
            corruptions += 1
            offset = 0
            return corruptions > 1 ? .giveUp : .retry(at: now, from: 0)
        case .unreachable where failures >= min(3, patience.attempts): return .giveUp
        case .busy(let wait?) where wait > patience.longestRetryAfter: return .giveUp
        case .busy, .unreachable, .transient:
            if failures >= patience.attempts { return .giveUp }
            var wait = backoff(random)
            if case .busy(let asked?) = failure { wait = max(wait, asked) }
            return .retry(at: now + wait, from: offset)
        }
    }

    /// Doubles with each failure up to the longest wait; between half and all of it.
    private func backoff(_ random: Double) -> Int64 {
        let doubled = patience.firstWait << Int64(min(failures - 1, 20))
        let whole = min(max(doubled, patience.firstWait), patience.longestWait)
        return whole / 2 + Int64(Double(whole / 2) * random)
    }
}
