import ComposeModel
import ContainerModel
import EngineModel
import Primitives
import YAML

/// Mounts, and the files of secrets and configs.
enum MountChecks {
    static func mount(_ judged: Judged) -> [Complaint] {
        let node = judged.node
        let kind = node["type"]?.text ?? "volume"
        func invalid(_ reason: String, at keys: String...) -> Complaint {
            Complaint("invalid mount config for type \"\(kind)\": \(reason)", below: keys)
        }
        var complaints: [Complaint] = []
        do throws(GrammarError) {
            _ = try MountTarget.clean(node["target"]?.text ?? "")
        } catch {
            complaints.append(invalid("invalid mount path: '\(error.text)' \(error.reason)", at: "target"))
        }
        let source = node["source"]?.text ?? ""
        switch kind {
        case "bind" where source.isEmpty: complaints.append(invalid("field Source must not be empty"))
        case "bind" where node["bind"].map({ $0["create_host_path"]?.text != "true" }) ?? false:
            if judged.host.isMissing(source) {
                complaints.append(invalid("bind source path does not exist: \(source)", at: "source"))
            }
        case "tmpfs" where !source.isEmpty:
            complaints.append(invalid("field Source must not be specified", at: "source"))
        case "image" where source.isEmpty: complaints.append(invalid("field Source must not be empty"))
        default: break
        }
        if node["bind"]?["selinux"] != nil, judged.host.hasSELinux {
            complaints.append(Complaint(unlabelled, at: "bind", "selinux", effect: .warned))
        }
        return complaints
    }

    private static let unlabelled = "is ignored: containers have no SELinux labels, and their files get none"

    /// Those of a volume that the driver `local` makes.
    static func driverOptions(_ judged: Judged) -> [Complaint] {
        guard ["", "local"].contains(judged.owner["driver"]?.text ?? ""), let entries = judged.node.mapping?.entries
        else { return [] }
        do throws(GrammarError) {
            let pairs = entries.map { ($0.key, $0.value.text) }
            _ = try VolumeSource(driverOptions: Dictionary(pairs, uniquingKeysWith: { $1 }))
            return []
        } catch {
            let key = entries.first { $0.key == error.text || $0.value.text.contains(error.text) }?.key
            return [Complaint("\(error.reason): \"\(error.text)\"", below: key.map { [$0] } ?? [])]
        }
    }

    /// `label=…` of `security_opt`.
    static func labels(_ judged: Judged) -> [Complaint] {
        guard judged.host.hasSELinux else { return [] }
        return (judged.node.sequence ?? []).enumerated().compactMap { index, item in
            item.text.hasPrefix("label") && item.text.dropFirst(6) != "disable"
                ? Complaint(unlabelled, at: "[\(index)]", effect: .warned) : nil
        }
    }

    /// `seccomp=FILE` of `security_opt`, relative to the project's directory.
    static func profiles(_ judged: Judged) -> [Complaint] {
        (judged.node.sequence ?? []).enumerated().compactMap { index, item in
            let parts = item.text.split(maxSplits: 1) { $0 == "=" || $0 == ":" }.map(String.init)
            guard parts.count == 2, parts[0] == "seccomp", !parts[1].hasPrefix("{"),
                !["unconfined", "builtin"].contains(parts[1])
            else { return nil }
            let path = FilePath.hostPath(parts[1], in: judged.host.directory, home: judged.host.home)
            guard judged.host.isMissing(path) else { return nil }
            return Complaint(
                "opening seccomp profile (\(parts[1])) failed: open \(path): no such file or directory",
                at: "[\(index)]")
        }
    }

    static func tmpfs(_ text: String) -> String? {
        let (target, options) = text.cut(":") ?? (text, "")
        do throws(GrammarError) {
            _ = try MountTarget.clean(target)
            _ = try MountOptions(tmpfs: options)
            return nil
        } catch {
            return "invalid tmpfs \(error.description)"
        }
    }

    /// - Parameter kind: `secret` or `config`.
    static func reference(_ judged: Judged, _ kind: String) -> [Complaint] {
        let name = judged.node["source"]?.text ?? ""
        guard let object = judged.document["\(kind)s"]?[name] else { return [] }
        if let file = object["file"]?.text {
            guard judged.host.isMissing(file) else { return [] }
            return [Complaint("the file of \(kind) \"\(name)\" does not exist: \(file)")]
        }
        return ["uid", "gid"].compactMap { key in
            guard let text = judged.node[key]?.text, !text.isEmpty, UInt32(text) == nil else { return nil }
            return Complaint("\"\(text)\" is not a numeric user or group id", at: key)
        }
    }
}
