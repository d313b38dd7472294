internal import ComposeModel
internal import EngineModel
internal import Primitives

extension UpPlanner {
    /// Two containers cannot have one port of the host: found before anything is made. Ranges are left to the start,
    /// which takes what is free, and so are services of which one has ended before the other begins.
    func checkPorts() throws(PlanFailure) {
        if !options.start { return }
        var taken: [(mapping: PortMapping, service: String)] = []
        for name in decisions.keys.sorted() where name != options.oneOff {
            guard let decision = decisions[name], decision.count > 0, decision.template.networkMode == .networks else {
                continue
            }
            for mapping in decision.template.ports where mapping.hasFixedHostPort {
                let other = taken.first { $0.mapping.clashes(with: mapping) && !follow($0.service, name) }
                if let other { throw Self.clash(mapping, other.service, name) }
                taken.append((mapping, name))
            }
        }
    }

    private static func clash(_ mapping: PortMapping, _ first: String, _ second: String) -> PlanFailure {
        let port = "\(mapping.hostPorts?.first ?? 0)/\(mapping.transport)"
        let whom =
            first == second
            ? "service \"\(first)\" publishes it twice" : "services \"\(first)\" and \"\(second)\" publish it"
        return PlanFailure(
            "port \(port) of the host: port is already allocated, \(whom)", hint: "publish one of them on another port")
    }

    /// Whether one of two services waits, perhaps by way of others, until the other one has ended.
    private func follow(_ first: String, _ second: String) -> Bool {
        waitsForEnd(of: first, second) || waitsForEnd(of: second, first)
    }

    private func waitsForEnd(of earlier: String, _ later: String) -> Bool {
        var seen: Set<String> = []
        var open = [later]
        while let name = open.popLast() {
            for (dependency, relation) in graph.dependencies[name] ?? [:] {
                if dependency == earlier && relation.condition == .completedSuccessfully { return true }
                if seen.insert(dependency).inserted { open.append(dependency) }
            }
        }
        return false
    }
}

extension PortMapping {
    fileprivate var hasFixedHostPort: Bool { hostPorts?.count == 1 && !takesAnyHostPort }

    /// All addresses of a family include each of them.
    fileprivate func clashes(with other: PortMapping) -> Bool {
        guard hostPorts == other.hostPorts, transport == other.transport else { return false }
        guard let own = hostAddress, let others = other.hostAddress else { return true }
        switch (own, others) {
        case (.v4(let left), .v4(let right)): return left == right || left.isUnspecified || right.isUnspecified
        case (.v6(let left), .v6(let right)): return left == right || left == .unspecified || right == .unspecified
        case (.v4, .v6), (.v6, .v4): return false
        }
    }
}
