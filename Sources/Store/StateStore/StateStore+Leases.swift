public import EngineModel

/// A host port that a container has.
public struct PortLease: Sendable, Hashable {
    /// `tcp` or `udp`.
    public var protocolName: String
    /// The host's address, `0.0.0.0` for all.
    public var hostAddress: String
    public var port: UInt16
    /// The container's id.
    public var container: String

    public init(protocolName: String, hostAddress: String, port: UInt16, container: String) {
        self.protocolName = protocolName
        self.hostAddress = hostAddress
        self.port = port
        self.container = container
    }
}

extension StateStore {
    /// Gives `address` of the network with this id to a container. Fails with `.conflict` when it is taken.
    public func leaseAddress(_ address: String, network: String, container: String) throws(EngineError) {
        try writing { connection throws(EngineError) in
            try connection.run(
                "INSERT INTO address_leases(network, address, container) VALUES(?, ?, ?)",
                [.text(network), .text(address), .text(container)], subject: "address \(address)")
        }
    }

    /// The addresses of a network that are given out, and to which container.
    public func leasedAddresses(network: String) throws(EngineError) -> [String: String] {
        try reading { connection throws(EngineError) in
            var leases: [String: String] = [:]
            try connection.query(
                "SELECT address, container FROM address_leases WHERE network=?", [.text(network)]
            ) { leases[$0.text(0)] = $0.text(1) }
            return leases
        }
    }

    /// Takes back a container's addresses, on one network (by id) or on all.
    public func releaseAddresses(container: String, network: String? = nil) throws(EngineError) {
        try writing { connection throws(EngineError) in
            try connection.run(
                "DELETE FROM address_leases WHERE container=?1 AND (?2 IS NULL OR network=?2)",
                [.text(container), SQLValue(network)])
        }
    }

    /// Fails with `.conflict` when exactly this address and port are taken; overlaps (`0.0.0.0`) are the caller's to see.
    public func leasePort(_ lease: PortLease) throws(EngineError) {
        try writing { connection throws(EngineError) in
            try connection.run(
                "INSERT INTO port_leases(protocol, address, port, container) VALUES(?, ?, ?, ?)",
                [
                    .text(lease.protocolName), .text(lease.hostAddress), .integer(Int64(lease.port)),
                    .text(lease.container),
                ], subject: "port \(lease.hostAddress):\(lease.port)/\(lease.protocolName)")
        }
    }

    public func leasedPorts() throws(EngineError) -> [PortLease] {
        try reading { connection throws(EngineError) in
            var leases: [PortLease] = []
            try connection.query("SELECT protocol, address, port, container FROM port_leases") { row in
                leases.append(
                    PortLease(
                        protocolName: row.text(0), hostAddress: row.text(1),
                        port: UInt16(truncatingIfNeeded: row.integer(2)), container: row.text(3)))
            }
            return leases
        }
    }

    public func releasePorts(container: String) throws(EngineError) {
        try writing { connection throws(EngineError) in
            try connection.run("DELETE FROM port_leases WHERE container=?", [.text(container)])
        }
    }
}
