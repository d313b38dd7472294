extension Plan {
    /// What has to be done before anything starts, and the rest, which may only be carried out after all of the first
    /// part has succeeded.
    public func splitAtStart() -> (creation: Plan, start: Plan) {
        var late = Array(repeating: false, count: operations.count)
        var changed = true
        while changed {
            changed = false
            for (index, operation) in operations.enumerated() where !late[index] {
                guard operation.isStart || operation.after.contains(where: { late[$0.operation] }) else { continue }
                late[index] = true
                changed = true
            }
        }
        var creation = part { !late[$0] }
        creation.warnings = warnings
        return (creation, part { late[$0] })
    }

    private func part(_ isIn: (Int) -> Bool) -> Plan {
        var numbers: [Int: Int] = [:]
        for index in operations.indices where isIn(index) { numbers[index] = numbers.count }
        var plan = Plan()
        for index in operations.indices where isIn(index) {
            var operation = operations[index]
            operation.after = operation.after.compactMap { edge in
                numbers[edge.operation].map(edge.moved)
            }
            plan.operations.append(operation)
        }
        return plan
    }
}

extension Operation {
    fileprivate var isStart: Bool {
        switch action {
        case .startContainer, .wait, .watch, .handOver, .rollBack, .delay: true
        default: false
        }
    }
}
