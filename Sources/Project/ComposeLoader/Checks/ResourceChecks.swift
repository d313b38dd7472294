import ComposeModel
import Primitives
import YAML

/// Memory, processors and devices.
enum ResourceChecks {
    private static let minimumMemory: Int64 = 6 << 20

    // MARK: Sizes

    /// What a size says; nil where it says none.
    static func bytes(_ node: Node?) -> Int64? {
        switch node?.value {
        case .integer(let value): value
        case .string(let text): (try? ByteCount(parsing: text))?.bytes
        default: nil
        }
    }

    /// A number with a fraction or beyond what 64 bits hold, which docker compose takes for nothing at all.
    private static func notWhole(_ node: Node) -> String? {
        guard case .float = node.value else { return nil }
        return "\(node.text) is not a size: use a whole number of bytes, or text such as \"512m\""
    }

    static func memory(_ judged: Judged) -> String? {
        if let problem = notWhole(judged.node) { return problem }
        guard let memory = bytes(judged.node), memory != 0 else { return nil }
        if memory < 0 { return "invalid size: '\(judged.text)'" }
        return memory < minimumMemory ? "minimum memory limit allowed is 6MB" : nil
    }

    private static func memoryLimit(_ service: Mapping) -> Int64? {
        bytes(service["deploy"]?["resources"]?["limits"]?["memory"]) ?? bytes(service["mem_limit"])
    }

    static func reservation(_ judged: Judged) -> String? {
        if let problem = notWhole(judged.node) { return problem }
        guard let reservation = bytes(judged.node), reservation != 0 else { return nil }
        if reservation < 0 { return "invalid size: '\(judged.text)'" }
        if reservation < minimumMemory { return "minimum memory reservation allowed is 6MB" }
        guard let limit = memoryLimit(judged.resource), limit > 0, limit < reservation else { return nil }
        return "minimum memory limit can not be less than memory reservation limit, see usage"
    }

    static func swap(_ judged: Judged) -> String? {
        if let problem = notWhole(judged.node) { return problem }
        guard let swap = bytes(judged.node), swap > 0 else { return nil }
        guard let limit = memoryLimit(judged.resource), limit > 0 else {
            return "you should always set the memory limit when using memoryswap limit, see usage"
        }
        return swap < limit ? "minimum memoryswap limit should be larger than memory limit, see usage" : nil
    }

    static func swappiness(_ judged: Judged) -> String? {
        if let problem = notWhole(judged.node) { return problem }
        guard let value = bytes(judged.node), !(-1...100).contains(value) else { return nil }
        return "invalid value: \(value), valid memory swappiness range is 0-100"
    }

    static func sharedMemory(_ judged: Judged) -> String? {
        if let problem = notWhole(judged.node) { return problem }
        return (bytes(judged.node) ?? 0) < 0 ? "SHM size can not be less than 0" : nil
    }

    static func rate(_ judged: Judged) -> String? {
        if let problem = notWhole(judged.node) { return problem }
        return (bytes(judged.node) ?? 0) < 0 ? "invalid size: '\(judged.text)'" : nil
    }

    // MARK: Processors

    static func processors(_ judged: Judged) -> String? {
        guard let cpus = Double(judged.text), cpus != 0 else { return nil }
        let service = judged.resource
        for (attribute, name) in [("cpu_period", "Period"), ("cpu_quota", "Quota")] where says(service[attribute]) {
            return "conflicting options: Nano CPUs and CPU \(name) cannot both be set"
        }
        guard let count = judged.host.processors?.count else {
            return cpus < 0.01 ? "range of CPUs is from 0.01" : nil
        }
        if cpus >= 0.01, cpus <= Double(count) { return nil }
        return "range of CPUs is from 0.01 to \(count).00, as there are only \(count) CPUs available"
    }

    private static func says(_ node: Node?) -> Bool { node.map { !["", "0"].contains($0.text) } ?? false }

    static func period(_ judged: Judged) -> String? {
        guard let period = Int64(judged.text), period != 0, !(1000...1_000_000).contains(period) else { return nil }
        return "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"
    }

    static func quota(_ judged: Judged) -> String? {
        guard let quota = Int64(judged.text), quota > 0, quota < 1000 else { return nil }
        return "CPU cfs quota can not be less than 1ms (i.e. 1000)"
    }

    static func shares(_ judged: Judged) -> String? {
        guard let shares = Int64(judged.text), shares < 0 else { return nil }
        return "invalid CPU shares (\(shares)): value must be a positive integer"
    }

    static let unscheduled = "control groups of version 2 are not scheduled in real time"

    static func realtime(_ judged: Judged) -> String? {
        guard let runtime = Int64(judged.text), let period = judged.owner["cpu_rt_period"].flatMap({ Int64($0.text) }),
            period != 0, runtime > period
        else { return nil }
        return "cpu real-time runtime cannot be higher than cpu real-time period"
    }

    static func processorSet(_ judged: Judged) -> String? {
        if judged.text.isEmpty { return nil }
        guard let set = NumberList(judged.text) else { return "invalid value \(judged.text) for cpuset cpus" }
        guard let online = judged.host.processors, !set.numbers.isSubset(of: online) else { return nil }
        let available = online.sorted().map(String.init).joined(separator: ",")
        return "requested CPUs are not available - requested \(judged.text), available: \(available)"
    }

    // MARK: Devices

    static func weight(_ judged: Judged) -> String? {
        guard let weight = Int64(judged.text), weight != 0, !(10...1000).contains(weight) else { return nil }
        return "range of blkio weight is from 10 to 1000"
    }

    /// Only the scheduler bfq gives weights a meaning.
    static func weightDevice(_ judged: Judged) -> [Complaint] {
        guard let path = judged.node["path"]?.text, let scheduler = judged.host.scheduler(of: path),
            scheduler != "bfq"
        else { return [] }
        return [
            Complaint(
                "is ignored: weights need the scheduler bfq, and \(path) has \(scheduler); Weight-device discarded",
                effect: .warned)
        ]
    }

    static func device(_ judged: Judged) -> [Complaint] {
        let source = judged.node["source"]?.text ?? ""
        let target = judged.node["target"]?.text ?? source
        let permissions = judged.node["permissions"]?.text ?? ""
        // Names of devices as CDI gives them are no paths.
        guard source.hasPrefix("/") else { return [] }
        var complaints: [Complaint] = []
        if judged.host.isMissing(source) {
            complaints.append(
                Complaint(
                    "error gathering device information while adding custom device \"\(source)\": no such file or"
                        + " directory"))
        }
        if !target.hasPrefix("/") {
            complaints.append(Complaint("\"\(target)\" is not an absolute path in the container"))
        }
        if !permissions.allSatisfy({ "rwm".contains($0) }) {
            complaints.append(Complaint("invalid device mode: \"\(permissions)\": it is of r, w and m"))
        }
        return complaints
    }
}
