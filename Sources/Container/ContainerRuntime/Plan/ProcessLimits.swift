internal import ContainerModel

/// Resource limits of processes (setrlimit(2)).
enum ProcessLimits {
    /// What a container gets that asks for nothing, whatever the caller's limits are.
    private static let defaults: [(name: String, soft: UInt64, hard: UInt64)] = [
        ("core", 0, .max), ("nofile", 1024, 524_288), ("nproc", .max, .max), ("stack", 8 << 20, .max),
        ("memlock", 8 << 20, 8 << 20), ("as", .max, .max), ("data", .max, .max), ("fsize", .max, .max),
        ("cpu", .max, .max), ("rss", .max, .max), ("locks", .max, .max),
    ]

    static func add(_ asked: [Ulimit], to plan: inout LaunchPlan) throws(RuntimeError) {
        for limit in defaults where !asked.contains(where: { $0.name == limit.name }) {
            guard let resource = Ulimit.resources[limit.name] else { continue }
            plan.add(
                .rights(.limit(resource: resource, name: limit.name, soft: limit.soft, hard: limit.hard)),
                "set limit \(limit.name)", tolerating: .all)
        }
        for limit in asked {
            let step = "set ulimit \(limit.name)"
            guard let resource = Ulimit.resources[limit.name] else {
                throw RuntimeError(.invalid, step: step, reason: "there is no such limit")
            }
            let soft = limit.soft < 0 ? .max : UInt64(limit.soft)
            let hard = limit.hard < 0 ? .max : UInt64(limit.hard)
            guard soft <= hard else {
                throw RuntimeError(.invalid, step: step, reason: "soft \(limit.soft) is above hard \(limit.hard)")
            }
            plan.add(
                .rights(.limit(resource: resource, name: limit.name, soft: soft, hard: hard)),
                "\(step) to \(limit.soft):\(limit.hard)")
        }
    }
}
