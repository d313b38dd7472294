public import EngineModel

extension StateStore {
    /// Gives `address` of the network with this id to a container. Fails with `.conflict` when it is taken.
    public func leaseAddress(_ address: String, network: String, container: String) throws(EngineError) {
        try writing { connection in
            try connection.run(
                "INSERT INTO address_leases(network, address, container) VALUES(?, ?, ?)",
                [.text(network), .text(address), .text(container)], subject: "address \(address)")
        }
    }

    /// The addresses of a network that are given out, and to which container.
    public func leasedAddresses(network: String) throws(EngineError) -> [String: String] {
        try reading { connection in
            var leases: [String: String] = [:]
            try connection.query(
                "SELECT address, container FROM address_leases WHERE network=?", [.text(network)]
            ) { leases[$0.text(0)] = $0.text(1) }
            return leases
        }
    }

    /// Takes back a container's addresses, on one network (by id) or on all.
    public func releaseAddresses(container: String, network: String? = nil) throws(EngineError) {
        try removing { connection in
            try connection.run(
                "DELETE FROM address_leases WHERE container=?1 AND (?2 IS NULL OR network=?2)",
                [.text(container), SQLValue(network)])
        }
    }
}
