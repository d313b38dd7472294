internal import LinuxSystem

/// The way to a receiver, made whenever it is needed. Used by one thread.
struct DeliveryLine {
    private let target: LogTarget
    private var connection: LogConnection?
    /// Failed attempts since the last success.
    var failures = 0

    init(_ target: LogTarget) {
        self.target = target
    }

    /// Sends what is left of the batch.
    ///
    /// - Parameter deadline: monotonic nanoseconds.
    /// - Returns: how many bytes of output were lost: what no packet has room for.
    mutating func send(_ batch: inout DeliveryBatch, until deadline: Int64) throws(LogFailure) -> Int {
        do throws(LogFailure) {
            return try sendAll(&batch, over: connected(until: deadline), until: deadline)
        } catch {
            connection = nil
            throw error
        }
    }

    private mutating func connected(until deadline: Int64) throws(LogFailure) -> LogConnection {
        if let connection, !connection.isClosedByPeer { return connection }
        let made = try LogConnection(target, deadline: min(deadline, end(LogConnection.longestWait)))
        connection = made
        return made
    }

    private func sendAll(
        _ batch: inout DeliveryBatch, over connection: LogConnection, until deadline: Int64
    ) throws(LogFailure) -> Int {
        let timeout = target.writeTimeout ?? LogConnection.longestWait
        var lost = batch.unsendable
        if connection.isStream && !target.acknowledges {
            let all = batch.packets.flatMap(\.bytes)
            _ = try connection.send(all, deadline: min(deadline, end(timeout)))
            return lost
        }
        while let packet = batch.packets.first {
            if try !connection.send(packet.bytes, deadline: min(deadline, end(timeout))) { lost += packet.bytes.count }
            if target.acknowledges {
                try connection.receive(
                    FluentdEncoder.acknowledgement(packet.token), deadline: min(deadline, end(timeout)))
            }
            batch.packets.removeFirst()
        }
        return lost
    }

    private func end(_ nanoseconds: Int64) -> Int64 { monotonicNanoseconds() + nanoseconds }
}
