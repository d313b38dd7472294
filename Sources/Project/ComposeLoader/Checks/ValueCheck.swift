import ComposeModel
import YAML

/// What a value has to be so that a container, network or volume can be made from it.
///
/// `config` shows a file whatever these say, as docker compose's does; commands that create something refuse it at the
/// value's place, before anything is made.
struct ValueCheck: Sendable {
    let judge: @Sendable (Judged) -> [Complaint]

    init(_ judge: @escaping @Sendable (Judged) -> [Complaint]) {
        self.judge = judge
    }

    /// The value as a whole: what is wrong with it, or nil.
    static func value(_ judge: @escaping @Sendable (Judged) -> String?) -> ValueCheck {
        ValueCheck { judged in judge(judged).map { [Complaint($0)] } ?? [] }
    }

    /// A text, or each of a list.
    static func text(_ judge: @escaping @Sendable (String) -> String?) -> ValueCheck {
        ValueCheck { judged in
            guard let items = judged.node.sequence else { return judge(judged.text).map { [Complaint($0)] } ?? [] }
            return items.enumerated().compactMap { index, item in
                judge(item.text).map { Complaint($0, at: "[\(index)]") }
            }
        }
    }

    /// A warning about a value that says something, where this host cannot do it.
    static func ignored(_ why: String, if cannot: @escaping @Sendable (Judged) -> Bool) -> ValueCheck {
        ValueCheck { judged in
            ["", "0", "false"].contains(judged.text) || !cannot(judged)
                ? [] : [Complaint("is ignored: \(why)", effect: .warned)]
        }
    }

    /// `KEY=VALUE` as a list or a mapping.
    static func pairs(_ judge: @escaping @Sendable (String, String, Judged) -> String?) -> ValueCheck {
        ValueCheck { judged in
            let items = judged.node.sequence ?? []
            return items.enumerated().compactMap { index, item in
                let (key, value) = item.text.cut("=") ?? (item.text, "")
                return judge(key, value, judged).map { Complaint($0, at: "[\(index)]") }
            }
                + (judged.node.mapping?.entries ?? []).compactMap { entry in
                    judge(entry.key, entry.value.text, judged).map { Complaint($0, at: entry.key) }
                }
        }
    }

    /// Both checks.
    func and(_ other: ValueCheck) -> ValueCheck {
        ValueCheck { judged in self.judge(judged) + other.judge(judged) }
    }
}

/// What is wrong with a value.
struct Complaint {
    /// In docker's words, where docker has any.
    let reason: String
    /// The part that is meant, below the value.
    let keys: [String]
    let effect: AttributeGap.Effect

    init(_ reason: String, at keys: String..., effect: AttributeGap.Effect = .wrong) {
        self.reason = reason
        self.keys = keys
        self.effect = effect
    }

    init(_ reason: String, below keys: [String]) {
        self.reason = reason
        self.keys = keys
        effect = .wrong
    }
}

/// A value of a canonical document and what it stands among.
struct Judged {
    let node: Node
    /// What leads to it: `["services", "web", "user"]`.
    let keys: [String]
    /// The mapping that it stands in; for an item of a list, that of the list.
    let owner: Mapping
    /// The service, network or volume that it belongs to.
    let resource: Mapping
    let document: Mapping
    let host: HostFacts

    var text: String { node.text }
}

/// What checks may know of this host. What it cannot tell is not judged.
struct HostFacts {
    let files: any FileProvider
    /// The project's, absolute.
    let directory: String
    /// What `~` stands for.
    let home: String?

    /// The numbers of the processors that are online.
    var processors: Set<Int>? {
        (try? files.read("/sys/devices/system/cpu/online", limit: 4096)).flatMap {
            NumberList(String(decoding: $0, as: UTF8.self))?.numbers
        }
    }

    /// Whether SELinux labels files here.
    var hasSELinux: Bool { files.kind(of: "/sys/fs/selinux/enforce") == .regular }

    /// Whether control groups are of version 2.
    var isUnified: Bool { files.kind(of: "/sys/fs/cgroup/cgroup.controllers") == .regular }

    /// Whether the kernel's controller of version 1 has no such file.
    func lacks(_ file: String, of controller: String) -> Bool {
        let folder = "/sys/fs/cgroup/\(controller)"
        return files.kind(of: folder) == .directory && files.kind(of: "\(folder)/\(file)") == .missing
    }

    func isMissing(_ path: String) -> Bool { path.hasPrefix("/") && files.kind(of: path) == .missing }

    /// The scheduler that a block device's requests go through; nil if it cannot be told.
    func scheduler(of device: String) -> String? {
        guard let name = device.split(separator: "/").last else { return nil }
        for folder in ["/sys/class/block/\(name)/queue", "/sys/class/block/\(name)/../queue"] {
            guard let bytes = try? files.read(folder + "/scheduler", limit: 4096) else {
                if files.kind(of: folder) == .directory { return "none" }
                continue
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let start = text.firstIndex(of: "["), let end = text.firstIndex(of: "]"), start < end else {
                return nil
            }
            return String(text[text.index(after: start)..<end])
        }
        return nil
    }
}

/// `0-3,5` as the kernel writes sets of processors and memory nodes.
struct NumberList {
    let numbers: Set<Int>

    /// nil for what is not such a list.
    init?(_ text: some StringProtocol) {
        var numbers: Set<Int> = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == "\n" }) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = Int(ends[0]), let last = Int(ends[ends.count - 1]), first >= 0, first <= last,
                last < 1 << 16
            else { return nil }
            numbers.formUnion(first...last)
        }
        self.numbers = numbers
    }
}
