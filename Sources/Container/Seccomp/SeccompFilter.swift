internal import CLinux
internal import CSeccomp
internal import Glibc
internal import LinuxSystem
internal import Synchronization

extension SeccompProfile {
    /// `MFD_CLOEXEC`.
    private static let closeOnExec: UInt32 = 1

    private struct Key: Hashable {
        var profile: SeccompProfile
        var capabilities: UInt64
    }

    /// Compiling takes two milliseconds: once per process, profile and capability set.
    private static let compiled = Mutex<[Key: [UInt8]]>([:])

    /// The classic BPF program (`struct sock_filter` by `struct sock_filter`) for a process whose bounding set is
    /// `capabilities`. Any thread.
    public func filter(capabilities: UInt64) throws(SeccompError) -> [UInt8] {
        let key = Key(profile: self, capabilities: capabilities)
        if let known = Self.compiled.withLock({ $0[key] }) { return known }
        let filter = try compile(capabilities: capabilities)
        Self.compiled.withLock { $0[key] = filter }
        return filter
    }

    /// The rules that count on this machine for a process with `capabilities`.
    func effectiveRules(capabilities: UInt64) -> [Rule] {
        let names = Architecture.native.names
        return rules.filter { rule in
            let included = rule.includes, excluded = rule.excludes
            if !included.capabilities.allSatisfy({ capabilities >> $0 & 1 == 1 }) { return false }
            if !included.architectures.isEmpty, !included.architectures.contains(where: names.contains) { return false }
            if let minimum = included.minimumKernel, !Self.kernelIsAtLeast(minimum) { return false }
            if excluded.capabilities.contains(where: { capabilities >> $0 & 1 == 1 }) { return false }
            if excluded.architectures.contains(where: names.contains) { return false }
            if let minimum = excluded.minimumKernel, Self.kernelIsAtLeast(minimum) { return false }
            return true
        }
    }

    private static func kernelIsAtLeast(_ minimum: [Int]) -> Bool {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let own = release.split { $0 == "." || $0 == "-" }.prefix(2).map { Int($0) ?? 0 }
        return !own.lexicographicallyPrecedes(minimum)
    }

    private func compile(capabilities: UInt64) throws(SeccompError) -> [UInt8] {
        guard let context = seccomp_init(defaultAction.code) else {
            throw SeccompError(reason: "libseccomp does not take the default action")
        }
        defer { seccomp_release(context) }
        for architecture in architectures where architecture != Architecture.native.token {
            let code = seccomp_arch_add(context, architecture)
            guard code == 0 || code == -EEXIST else {
                throw SeccompError(reason: "an architecture of the profile is not supported here")
            }
        }
        seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        let rules = effectiveRules(capabilities: capabilities)
        for rule in rules { try add(rule, to: context) }

        let file = Descriptor(owning: clinux_memfd_create("seccomp", Self.closeOnExec))
        guard file.raw >= 0, seccomp_export_bpf(context, file.raw) == 0, lseek(file.raw, 0, SEEK_SET) == 0,
            let program = try? file.readAll()
        else { throw SeccompError(reason: "the filter cannot be compiled") }
        let filter = prelude(rules).bytes + program
        guard filter.count / 8 <= 4096 else {
            throw SeccompError(reason: "the filter has \(filter.count / 8) instructions, the kernel takes 4096")
        }
        return filter
    }

    private func add(_ rule: Rule, to context: scmp_filter_ctx) throws(SeccompError) {
        guard rule.action != defaultAction else { return }
        let conditions = rule.conditions.map {
            scmp_arg_cmp(
                arg: $0.argument, op: scmp_compare(rawValue: $0.comparison.rawValue), datum_a: $0.value,
                datum_b: $0.valueTwo)
        }
        for name in rule.names {
            let number = seccomp_syscall_resolve_name(name)
            guard number != -1 else { continue }
            let code = seccomp_rule_add_array(
                context, rule.action.code, number, UInt32(conditions.count), conditions)
            // Not there on one of the architectures.
            guard code == 0 || code == -EDOM || code == -EINVAL && number < 0 else {
                throw SeccompError(reason: "the rule for \(name) cannot be added: \(String(cString: strerror(-code)))")
            }
        }
    }

    /// Instructions before libseccomp's: calls that it does not know, and ENOSYS for those that the profile cannot know.
    private func prelude(_ rules: [Rule]) -> Prelude {
        var prelude = Prelude()
        let named = Set(self.rules.flatMap(\.names))
        var highest = named.compactMap { RecentSystemCalls.numbers[$0] }.max() ?? 0
        for name in named {
            let number = seccomp_syscall_resolve_name(name)
            if number > 0, number < 0x4000_0000 { highest = max(highest, UInt32(number)) }
        }
        if defaultAction != .fail(38) { prelude.newest = highest }
        for rule in rules where rule.conditions.isEmpty {
            for name in rule.names where seccomp_syscall_resolve_name(name) == -1 {
                if let number = RecentSystemCalls.numbers[name] { prelude.decided.append((number, rule.action.code)) }
            }
        }
        return prelude
    }
}

/// The beginning of a filter.
private struct Prelude {
    var decided: [(number: UInt32, action: UInt32)] = []
    /// Calls with higher numbers are newer than the profile: ENOSYS lets programs fall back.
    var newest: UInt32?

    /// `struct sock_filter` (linux/filter.h).
    private struct Instruction {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var operand: UInt32
    }

    var bytes: [UInt8] {
        // BPF_LD|BPF_W|BPF_ABS 0x20, BPF_JMP|BPF_JEQ 0x15, JGT 0x25, JGE 0x35, BPF_RET 0x06
        var body: [Instruction] = []
        for (number, action) in decided {
            body.append(Instruction(code: 0x15, ifFalse: 1, operand: number))
            body.append(Instruction(code: 0x06, operand: action))
        }
        if let newest {
            body.append(Instruction(code: 0x25, ifFalse: 1, operand: newest))
            body.append(Instruction(code: 0x06, operand: 0x0005_0026))
        }
        // Calls of x32 have bit 30 set and are libseccomp's business.
        let start = [
            Instruction(code: 0x20, operand: 0),
            Instruction(code: 0x35, ifTrue: UInt8(min(body.count, 255)), operand: 0x4000_0000),
        ]
        return (start + body).withUnsafeBytes { Array($0) }
    }
}

extension SeccompProfile.Action {
    /// The kernel's `SECCOMP_RET_…`, which libseccomp's actions are too.
    var code: UInt32 {
        switch self {
        case .allow: 0x7fff_0000
        case .fail(let code): 0x0005_0000 | UInt32(code)
        case .killProcess: 0x8000_0000
        case .killThread: 0
        case .trap: 0x0003_0000
        case .log: 0x7ffc_0000
        case .trace(let value): 0x7ff0_0000 | UInt32(value)
        }
    }
}
