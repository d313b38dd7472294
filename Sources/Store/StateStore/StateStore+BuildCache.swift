public import EngineModel
public import Primitives

/// What a step of a build has made, to be used again.
public struct BuildStepRecord: Sendable, Hashable {
    /// Digits that stand for all that the result depends on.
    public var key: String
    /// `sha256:…`, the diff id of the layer; empty if the step changed nothing.
    public var layer: String
    /// Bytes of the layer's files.
    public var size: Int64
    /// When the step was run.
    public var made: Instant
    /// When a build took it last.
    public var used: Instant
    /// As the output of the build showed it.
    public var instruction: String

    public init(key: String, layer: String, size: Int64, made: Instant, used: Instant, instruction: String) {
        self.key = key
        self.layer = layer
        self.size = size
        self.made = made
        self.used = used
        self.instruction = instruction
    }
}

extension StateStore {
    /// Records results, each instead of the one before, and keeps their layers.
    public func insert(_ steps: [BuildStepRecord]) throws(EngineError) {
        try transaction {
            for step in steps {
                try releaseContent(owner: Self.owner(step.key))
                try writing { connection in
                    try connection.run(
                        """
                        INSERT OR REPLACE INTO build_steps(key, layer, size, made, used, instruction)
                        VALUES(?, ?, ?, ?, ?, ?)
                        """,
                        [
                            .text(step.key), .text(step.layer), .integer(step.size), .integer(step.made.nanoseconds),
                            .integer(step.used.nanoseconds), .text(step.instruction),
                        ])
                }
                guard step.layer.hasPrefix("sha256:") else { continue }
                try keepContent(["layer \(step.layer.dropFirst(7))"], owner: Self.owner(step.key))
            }
        }
    }

    /// The step of this key; nil if it is not kept.
    public func buildStep(_ key: String) throws(EngineError) -> BuildStepRecord? {
        try buildSteps(where: "key=?", [.text(key)]).first
    }

    /// All of them, the one that was used last first.
    public func buildSteps() throws(EngineError) -> [BuildStepRecord] { try buildSteps(where: "1", []) }

    /// Notes that these results were used.
    public func touchBuildSteps(_ keys: [String], at time: Instant) throws(EngineError) {
        try transaction(usesReserve: true) {
            for key in keys {
                try writing { connection in
                    try connection.run(
                        "UPDATE build_steps SET used=? WHERE key=?", [.integer(time.nanoseconds), .text(key)])
                }
            }
        }
    }

    /// Forgets results; their layers are not kept any more.
    public func removeBuildSteps(_ keys: [String]) throws(EngineError) {
        try transaction(usesReserve: true) {
            for key in keys {
                try releaseContent(owner: Self.owner(key))
                try removing { connection in
                    try connection.run("DELETE FROM build_steps WHERE key=?", [.text(key)])
                }
            }
        }
    }

    private static func owner(_ key: String) -> String { "build \(key)" }

    private func buildSteps(where condition: String, _ values: [SQLValue]) throws(EngineError) -> [BuildStepRecord] {
        try reading { connection in
            var found: [BuildStepRecord] = []
            try connection.query(
                """
                SELECT key, layer, size, made, used, instruction FROM build_steps WHERE \(condition)
                ORDER BY used DESC, key
                """, values
            ) { row in
                found.append(
                    BuildStepRecord(
                        key: row.text(0), layer: row.text(1), size: row.integer(2),
                        made: Instant(nanoseconds: row.integer(3)), used: Instant(nanoseconds: row.integer(4)),
                        instruction: row.text(5)))
            }
            return found
        }
    }
}
