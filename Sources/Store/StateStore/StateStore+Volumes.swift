public import EngineModel

extension StateStore {
    /// Adds a volume, durably unless it is a container's own. Fails with `.conflict` when its name is taken.
    public func insert(_ volume: Volume) throws(EngineError) {
        let record = try Column.encode(volume)
        // Data in a volume that nobody remembers would be in the way of the next one of its name.
        try transaction(durable: !volume.anonymous) {
            try writing { connection in
                try connection.run(
                    "INSERT INTO volumes(name, record) VALUES(?, ?)", [.text(volume.name), .text(record)],
                    subject: "volume \(volume.name)")
            }
        }
    }

    /// Forgets a volume, durably unless it is a container's own; its files are the caller's to remove. No error if it is
    /// gone.
    public func removeVolume(name: String) throws(EngineError) {
        // A volume that is remembered must not lose its files.
        let isDurable = (try? volume(named: name))?.anonymous != true
        try transaction(durable: isDurable, usesReserve: true) {
            try writing { connection in
                try connection.run("DELETE FROM volumes WHERE name=?", [.text(name)])
            }
        }
    }

    public func volume(named name: String) throws(EngineError) -> Volume? {
        try volumes(where: "name=?", [.text(name)]).first
    }

    /// The volumes with all of `labels` (a value of nil: any), in order of creation.
    public func volumes(labels: [String: String?] = [:]) throws(EngineError) -> [Volume] {
        try volumes(where: "1", []).filter { matches($0.configuration.labels, labels) }
    }

    private func volumes(where condition: String, _ values: [SQLValue]) throws(EngineError) -> [Volume] {
        try reading { connection in
            var found: [Volume] = []
            try connection.query(
                "SELECT name, record FROM volumes WHERE \(condition) ORDER BY sequence", values
            ) { row throws(EngineError) in
                found.append(try Column.decode(Volume.self, row.text(1), "volume \(row.text(0))"))
            }
            return found
        }
    }
}
