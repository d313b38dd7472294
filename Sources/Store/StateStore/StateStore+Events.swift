public import EngineModel
public import Primitives

/// An event with its place in the order of all.
public struct RecordedEvent: Sendable, Hashable {
    /// Rises by at least one with each event and is never used again.
    public var sequence: Int64
    /// The Compose project, empty for none.
    public var project: String
    /// What happened.
    public var event: Event
}

extension StateStore {
    /// How many of the newest events are kept.
    static let keptEvents: Int64 = 20_000

    /// Adds an event; the oldest ones are dropped now and then. Returns its sequence number.
    @discardableResult
    public func append(_ event: Event) throws(EngineError) -> Int64 {
        let attributes = try Column.encode(event.attributes)
        return try writing { connection in
            try connection.run(
                "INSERT INTO events(time, type, action, id, project, attributes) VALUES(?, ?, ?, ?, ?, ?)",
                [
                    .integer(event.time.nanoseconds), .text(event.type), .text(event.action), .text(event.id),
                    .text(event.attributes[Container.projectLabel] ?? ""), .text(attributes),
                ])
            let sequence = connection.lastRowID
            if sequence % 1024 == 0 {
                try connection.run("DELETE FROM events WHERE sequence<=?", [.integer(sequence - Self.keptEvents)])
            }
            return sequence
        }
    }

    /// The sequence number of the newest event; 0 before the first.
    public func lastEvent() throws(EngineError) -> Int64 {
        try reading { connection in
            var last: Int64 = 0
            try connection.query("SELECT max(sequence) FROM events") { last = $0.integer(0) }
            return last
        }
    }

    /// Events after the one with number `sequence`, oldest first.
    ///
    /// - Parameters:
    ///   - project: only those of this Compose project; nil is all.
    ///   - since: only those at or after this time.
    ///   - until: only those before this time.
    public func events(
        after sequence: Int64, project: String? = nil, since: Instant? = nil, until: Instant? = nil, limit: Int = 10_000
    ) throws(EngineError) -> [RecordedEvent] {
        try reading { connection in
            var found: [RecordedEvent] = []
            try connection.query(
                """
                SELECT sequence, time, type, action, id, project, attributes FROM events
                WHERE sequence>?1 AND (?2 IS NULL OR project=?2) AND (?3 IS NULL OR time>=?3)
                AND (?4 IS NULL OR time<?4) ORDER BY sequence LIMIT ?5
                """,
                [
                    .integer(sequence), SQLValue(project), SQLValue(since?.nanoseconds), SQLValue(until?.nanoseconds),
                    .integer(Int64(limit)),
                ]
            ) { row throws(EngineError) in
                let event = Event(
                    time: Instant(nanoseconds: row.integer(1)), type: row.text(2), action: row.text(3), id: row.text(4),
                    attributes: try Column.decode([String: String].self, row.text(6), "event \(row.integer(0))"))
                found.append(RecordedEvent(sequence: row.integer(0), project: row.text(5), event: event))
            }
            return found
        }
    }
}
