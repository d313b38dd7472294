import YAML

/// Guesses what a misspelt word was meant to be.
enum Spelling {
    static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
        if word.utf8.count > 64 { return nil }
        let limit = word.utf8.count <= 4 ? 1 : 2
        let lowercased = word.lowercased()
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where abs(candidate.utf8.count - lowercased.utf8.count) <= limit {
            let distance = distance(lowercased, candidate.lowercased())
            // Half of a short word replaced is another word.
            guard distance <= limit, distance * 2 < word.utf8.count else { continue }
            if let best, (best.distance, best.candidate) <= (distance, candidate) { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    /// `, did you mean db?`, or nothing.
    static func suggestion(for word: String, among candidates: some Sequence<String>) -> String {
        closest(to: word, among: candidates).map { ", did you mean \($0)?" } ?? ""
    }

    /// Insertions, deletions, replacements and swapped neighbours; a hyphen for an underscore costs nothing.
    private static func distance(_ left: String, _ right: String) -> Int {
        let first = left.utf8.map { $0 == 45 ? 95 : $0 }
        let second = right.utf8.map { $0 == 45 ? 95 : $0 }
        var before: [Int] = []
        var row = Array(0...second.count)
        for (position, byte) in first.enumerated() {
            var next = [position + 1]
            for (other, candidate) in second.enumerated() {
                var cost = min(row[other] + (byte == candidate ? 0 : 1), row[other + 1] + 1, next[other] + 1)
                if position > 0, other > 0, byte == second[other - 1], first[position - 1] == candidate {
                    cost = min(cost, before[other - 1] + 1)
                }
                next.append(cost)
            }
            before = row
            row = next
        }
        return row[second.count]
    }
}

/// Says where an attribute belongs that stands in a wrong place.
enum Misplaced {
    private static let elsewhere = [
        "replicas": "deploy.replicas", "resources": "deploy.resources", "restart_policy": "deploy.restart_policy",
        "placement": "deploy.placement", "update_config": "deploy.update_config", "limits": "deploy.resources.limits",
        "reservations": "deploy.resources.reservations", "dockerfile": "build.dockerfile", "context": "build.context",
        "args": "build.args", "driver_opts": "the network or volume", "interval": "healthcheck.interval",
        "retries": "healthcheck.retries", "test": "healthcheck.test", "memory": "deploy.resources.limits.memory",
        "aliases": "networks.NAME.aliases", "ipv4_address": "networks.NAME.ipv4_address",
    ]
    private static let others = [
        "env": "environment", "envs": "environment", "cmd": "command", "name": "container_name",
        "depends": "depends_on", "requires": "depends_on", "memory_limit": "mem_limit",
        "working_directory": "working_dir",
        "workdir": "working_dir", "health_check": "healthcheck", "health": "healthcheck", "mounts": "volumes",
        "dockerfile_path": "build.dockerfile", "after": "depends_on", "host": "hostname", "capabilities": "cap_add",
    ]

    static func place(of entry: Mapping.Entry, path: [String]) -> String? {
        if path.isEmpty {
            let attributes = ["image", "build", "ports", "command", "volumes", "environment"]
            if attributes.contains(where: { entry.value[$0] != nil }) { return "services stand below \"services:\"" }
            return nil
        }
        guard path.count == 2, path[0] == "services" else { return nil }
        if let name = others[entry.key] { return "did you mean \(name)?" }
        return elsewhere[entry.key].map { "it belongs in \($0)" }
    }
}
