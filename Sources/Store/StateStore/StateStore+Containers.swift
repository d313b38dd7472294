public import EngineModel
internal import LinuxSystem
internal import Primitives

private let fixedColumns = "id, name, project, image, created, arguments, configuration, mounts, spec"
private let statusColumns = """
    state, health, exit_code, oom, error, started, finished, restarts, pid, start_ticks, boot, should_run, \
    addresses, ports
    """
private let statusAssignments = """
    state=?, health=?, exit_code=?, oom=?, error=?, started=?, finished=?, restarts=?, pid=?, start_ticks=?, boot=?, \
    should_run=?, addresses=?, ports=?
    """

extension StateStore {
    /// Adds a container. Fails with `.conflict` when its name or id is taken.
    public func insert(_ record: ContainerRecord) throws(EngineError) {
        let values = try record.fixedValues() + record.statusValues()
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try writing { connection in
            try connection.run(
                "INSERT INTO containers(\(fixedColumns), \(statusColumns)) VALUES(\(marks))", values,
                subject: "container name \(record.name)")
        }
    }

    /// Changes what changes often: state, health, exit code, times, process, addresses, ports, `shouldRun`. Other
    /// changes that `change` makes are not kept. Reading and writing are one transaction.
    ///
    /// - Parameter usesReserve: see ``transaction(durable:usesReserve:_:)``.
    /// - Returns: the record as it is now, nil if there is no such container.
    @discardableResult
    public func updateStatus(
        of id: String, usesReserve: Bool = false, _ change: (inout ContainerRecord) -> Void
    ) throws(EngineError) -> ContainerRecord? {
        try transaction(usesReserve: usesReserve) { () throws(EngineError) -> ContainerRecord? in
            guard var record = try container(id: id) else { return nil }
            change(&record)
            try writing { connection in
                try connection.run(
                    "UPDATE containers SET \(statusAssignments) WHERE id=?", try record.statusValues() + [.text(id)],
                    subject: "container \(record.name)")
            }
            return record
        }
    }

    /// Replaces all of a container's record, its name included; its id stays. Fails with `.conflict` when the new name
    /// is taken.
    public func replace(_ record: ContainerRecord) throws(EngineError) {
        let names = fixedColumns.split(separator: ", ").map { "\($0)=?" }.joined(separator: ", ")
        let values = try record.fixedValues() + record.statusValues() + [.text(record.id)]
        try writing { connection in
            try connection.run(
                "UPDATE containers SET \(names), \(statusAssignments) WHERE id=?", values,
                subject: "container name \(record.name)")
        }
    }

    /// Forgets a container and all that was leased to it; no error if it is gone.
    public func removeContainer(id: String) throws(EngineError) {
        try removing { connection in
            try connection.run("DELETE FROM containers WHERE id=?", [.text(id)])
            try connection.run("DELETE FROM address_leases WHERE container=?", [.text(id)])
        }
    }

    public func container(id: String) throws(EngineError) -> ContainerRecord? {
        try containers(where: "id=?", [.text(id)]).first
    }

    /// The container of this id or name, or the only one whose id begins so. nil if there is none; `.invalid` when
    /// several ids begin so.
    public func container(matching nameOrID: String) throws(EngineError) -> ContainerRecord? {
        let found = try containers(where: "id=?1 OR name=?1", [.text(nameOrID)])
        if let exact = found.first(where: { $0.id == nameOrID }) ?? found.first { return exact }
        guard !nameOrID.isEmpty, nameOrID.utf8.allSatisfy(\.isLowerHex) else { return nil }
        let prefixed = try containers(where: "id>=?1 AND id<?2", [.text(nameOrID), .text(nameOrID + "g")])
        if prefixed.count > 1 {
            throw EngineError(.invalid, "container \(nameOrID)", "several container ids begin like this")
        }
        return prefixed.first
    }

    /// The containers with all of `labels` (a value of nil: any), in order of creation.
    public func containers(labels: [String: String?] = [:]) throws(EngineError) -> [ContainerRecord] {
        var found: [ContainerRecord]
        if let project = labels[Container.projectLabel] ?? nil {
            found = try containers(where: "project=?", [.text(project)])
        } else {
            found = try containers(where: "1", [])
        }
        found.removeAll { !matches($0.container.labels, labels) }
        return found
    }

    /// The containers made from the image with this id.
    public func containers(image: String) throws(EngineError) -> [ContainerRecord] {
        try containers(where: "image=? OR instr(mounts, ?) > 0", [.text(image), .text("\"\(image)\"")])
    }

    /// The containers of a project, and those of others that have an address in a network in which one of it has one.
    public func neighbourhood(of project: String) throws(EngineError) -> [ContainerRecord] {
        let networks =
            "SELECT network FROM address_leases JOIN containers ON containers.id=container WHERE project=?1"
        return try containers(
            where: "project=?1 OR id IN (SELECT container FROM address_leases WHERE network IN (\(networks)))",
            [.text(project)])
    }

    private func containers(where condition: String, _ values: [SQLValue]) throws(EngineError) -> [ContainerRecord] {
        try reading { connection in
            var found: [ContainerRecord] = []
            try connection.query(
                "SELECT \(fixedColumns), \(statusColumns) FROM containers WHERE \(condition) ORDER BY sequence", values
            ) { row throws(EngineError) in found.append(try ContainerRecord(row)) }
            return found
        }
    }
}

extension ContainerRecord {
    fileprivate func fixedValues() throws(EngineError) -> [SQLValue] {
        [
            .text(id), .text(name), .text(project), .text(container.imageID), .integer(container.created.nanoseconds),
            .text(try Column.encode(container.arguments)), .text(try Column.encode(container.configuration)),
            .text(try Column.encode(container.mounts)), .text(recordedSpec),
        ]
    }

    fileprivate func statusValues() throws(EngineError) -> [SQLValue] {
        [
            .text(container.state.rawValue), SQLValue(container.health?.rawValue),
            .integer(Int64(container.exitCode)), SQLValue(container.oomKilled), SQLValue(container.error),
            SQLValue(container.startedAt?.nanoseconds), SQLValue(container.finishedAt?.nanoseconds),
            .integer(Int64(container.restartCount)), .integer(Int64(process?.pid ?? 0)),
            .integer(Int64(bitPattern: process?.startTicks ?? 0)), .text(process?.bootID ?? ""), SQLValue(shouldRun),
            .text(container.addresses.isEmpty ? "{}" : try Column.encode(container.addresses)),
            .text(container.ports.isEmpty ? "[]" : try Column.encode(container.ports)),
        ]
    }

    fileprivate init(_ row: Row) throws(EngineError) {
        let name = row.text(1)
        let subject = "container \(name)"
        var configuration = try Column.decode(ContainerConfiguration.self, row.text(6), subject)
        configuration.name = name
        var container = Container(
            id: row.text(0), name: name, imageID: row.text(3), configuration: configuration,
            arguments: try Column.decode([String].self, row.text(5), subject),
            created: Instant(nanoseconds: row.integer(4)))
        container.mounts = try Column.decode([MountPoint].self, row.text(7), subject)
        container.state = Container.State(rawValue: row.text(9)) ?? .exited
        container.health = row.optionalText(10).flatMap { Container.Health(rawValue: $0) }
        container.exitCode = Int32(truncatingIfNeeded: row.integer(11))
        container.oomKilled = row.bool(12)
        container.error = row.optionalText(13)
        container.startedAt = row.optionalInteger(14).map { Instant(nanoseconds: $0) }
        container.finishedAt = row.optionalInteger(15).map { Instant(nanoseconds: $0) }
        container.restartCount = Int(row.integer(16))
        let addresses = row.text(21)
        if addresses != "{}" {
            container.addresses = try Column.decode([String: EndpointAddress].self, addresses, subject)
        }
        let ports = row.text(22)
        if ports != "[]" { container.ports = try Column.decode([BoundPort].self, ports, subject) }
        let pid = Int32(truncatingIfNeeded: row.integer(17))
        let process = ProcessIdentity(
            pid: pid, startTicks: UInt64(bitPattern: row.integer(18)), bootID: row.text(19))
        self.init(
            container: container, recordedSpec: row.text(8), process: pid > 0 ? process : nil,
            shouldRun: row.bool(20))
    }
}

extension UInt8 {
    /// A digit of an id.
    var isLowerHex: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}
