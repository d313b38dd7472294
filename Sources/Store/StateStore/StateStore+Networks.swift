public import EngineModel

extension StateStore {
    /// Adds a network. Fails with `.conflict` when its name is taken.
    ///
    /// - Parameter plan: how the network is made, as JSON; the store does not look into it.
    public func insert<Plan: Encodable>(_ network: Network, plan: Plan?) throws(EngineError) {
        let record = try Column.encode(network)
        let plan: String? = if let plan { try Column.encode(plan) } else { nil }
        try writing { connection in
            try connection.run(
                "INSERT INTO networks(id, name, record, plan) VALUES(?, ?, ?, ?)",
                [.text(network.id), .text(network.name), .text(record), SQLValue(plan)],
                subject: "network \(network.name)")
        }
    }

    /// What ``insert(_:plan:)`` or ``keep(plan:ofNetwork:)`` was given; nil if there was nothing.
    public func plan<Plan: Decodable>(
        ofNetwork id: String, as type: Plan.Type
    ) throws(EngineError) -> Plan? {
        let text = try reading { connection in
            var text: String?
            try connection.query("SELECT plan FROM networks WHERE id=?", [.text(id)]) { text = $0.optionalText(0) }
            return text
        }
        guard let text else { return nil }
        return try Column.decode(type, text, "network \(id.prefix(12))")
    }

    /// For a network that has none yet.
    public func keep(plan: some Encodable, ofNetwork id: String) throws(EngineError) {
        let plan = try Column.encode(plan)
        try writing { connection in
            try connection.run("UPDATE networks SET plan=? WHERE id=?", [.text(plan), .text(id)])
        }
    }

    /// Forgets a network and the addresses leased on it; no error if it is gone.
    public func removeNetwork(id: String) throws(EngineError) {
        try removing { connection in
            try connection.run("DELETE FROM networks WHERE id=?", [.text(id)])
            try connection.run("DELETE FROM address_leases WHERE network=?", [.text(id)])
        }
    }

    /// The network of this name or id, or the only one whose id begins so.
    public func network(matching nameOrID: String) throws(EngineError) -> Network? {
        let found = try networks(where: "id=?1 OR name=?1", [.text(nameOrID)])
        if let exact = found.first(where: { $0.name == nameOrID }) ?? found.first { return exact }
        guard !nameOrID.isEmpty, nameOrID.utf8.allSatisfy(\.isLowerHex) else { return nil }
        let prefixed = try networks(where: "id>=?1 AND id<?2", [.text(nameOrID), .text(nameOrID + "g")])
        if prefixed.count > 1 {
            throw EngineError(.invalid, "network \(nameOrID)", "several network ids begin like this")
        }
        return prefixed.first
    }

    /// The networks with all of `labels` (a value of nil: any), in order of creation.
    public func networks(labels: [String: String?] = [:]) throws(EngineError) -> [Network] {
        try networks(where: "1", []).filter { matches($0.configuration.labels, labels) }
    }

    private func networks(where condition: String, _ values: [SQLValue]) throws(EngineError) -> [Network] {
        try reading { connection in
            var found: [Network] = []
            try connection.query(
                "SELECT name, record FROM networks WHERE \(condition) ORDER BY sequence", values
            ) { row throws(EngineError) in
                found.append(try Column.decode(Network.self, row.text(1), "network \(row.text(0))"))
            }
            return found
        }
    }
}
