internal import CSeccomp
internal import Glibc
internal import Synchronization

extension SeccompProfile {
    private struct Key: Hashable {
        var profile: SeccompProfile
        var capabilities: UInt64
    }

    private static let compiled = Mutex<[Key: [UInt8]]>([:])

    /// The classic BPF program (`struct sock_filter` by `struct sock_filter`) for a process whose bounding set is
    /// `capabilities`. Remembered; any thread.
    public func filter(capabilities: UInt64) throws(SeccompError) -> [UInt8] {
        let key = Key(profile: self, capabilities: capabilities)
        if let known = Self.compiled.withLock({ $0[key] }) { return known }
        let filter = try compile(capabilities: capabilities)
        Self.compiled.withLock { $0[key] = filter }
        return filter
    }

    /// The kernel takes 4096 (BPF_MAXINSNS); the launcher puts some of its own before them.
    private static let mostInstructions = 4064

    /// The rules that count on this machine for a process with `capabilities`.
    private func effectiveRules(capabilities: UInt64) -> [Rule] {
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

    /// Our own compiler: libseccomp, asked for three architectures, takes ten milliseconds for Docker's profile.
    /// It still knows all names.
    private func compile(capabilities: UInt64) throws(SeccompError) -> [UInt8] {
        let rules = effectiveRules(capabilities: capabilities)
        var program = FilterProgram()
        program.append(.load(FilterProgram.architecture))
        for architecture in [Architecture.native.token] + architectures where architecture != Architecture.x32 {
            var section = FilterProgram()
            section.append(.load(FilterProgram.number))
            var segments = table(of: architecture, rules).segments(defaultAction: defaultAction.code)
            if architecture == Architecture.x86_64 {
                // Calls of x32 are those of the same architecture with bit 30 set.
                segments.append((Architecture.x32Bit, killed))
                if architectures.contains(Architecture.x32) {
                    segments.removeLast()
                    segments += table(of: Architecture.x32, rules).segments(defaultAction: defaultAction.code)
                }
            }
            section.append(FilterProgram.search(segments[...]))
            var rest = FilterProgram()
            rest.append(section)
            program.when(.equal, architecture, rest)
        }
        program.append(killed)
        guard program.instructions.count <= Self.mostInstructions else {
            throw SeccompError(
                reason: "the filter has \(program.instructions.count) instructions, at most \(Self.mostInstructions) "
                    + "are possible")
        }
        return program.bytes
    }

    /// For a call of an architecture that the profile does not name.
    private var killed: FilterProgram {
        var program = FilterProgram()
        program.append(.answer(Action.killThread.code))
        return program
    }

    private func table(of architecture: UInt32, _ rules: [Rule]) -> CallTable {
        var table = CallTable(
            first: architecture == Architecture.x32 ? Architecture.x32Bit : 0,
            width: Architecture.isNarrow(architecture) ? .half : .full)
        if !defaultAction.lets, defaultAction != .fail(38) {
            // Calls that are newer than the profile are missing, so that programs fall back: also those named only by
            // rules that do not count now.
            for name in Set(self.rules.flatMap(\.names)) {
                if let number = Self.number(of: name, on: architecture) { table.name(number) }
            }
        }
        for rule in rules where rule.action != defaultAction {
            for name in rule.names {
                if let number = Self.number(of: name, on: architecture) { table.add(rule, to: number) }
                // 32-bit x86 has these behind one call, with a number as first argument. Their own arguments lie in
                // memory, where no filter sees them: a rule about them can only be followed by refusing all.
                if architecture == Architecture.x86, rule.conditions.isEmpty || !rule.action.lets,
                    let (call, index) = MultiplexedCalls.places[name],
                    let number = Self.number(of: call, on: architecture)
                {
                    table.add(Rule([], rule.action, conditions: [Condition(0, .equal, index)]), to: number)
                }
            }
        }
        return table
    }

    /// nil if the architecture does not have the call.
    private static func number(of name: String, on architecture: UInt32) -> UInt32? {
        let number = seccomp_syscall_resolve_name_arch(architecture, name)
        if number >= 0 { return UInt32(number) }
        if architecture == Architecture.x86, let direct = MultiplexedCalls.direct[name] { return direct }
        guard number == -1, let recent = RecentSystemCalls.numbers[name] else { return nil }
        return architecture == Architecture.x32 ? recent | Architecture.x32Bit : recent
    }
}

/// What happens to each call of one architecture.
private struct CallTable {
    private struct Entry {
        var action: UInt32?
        var alternatives: [SeccompProfile.Rule] = []
    }

    private let first: UInt32
    private let width: FilterProgram.ArgumentWidth
    private var entries: [UInt32: Entry] = [:]
    private var newest: UInt32?

    init(first: UInt32, width: FilterProgram.ArgumentWidth) {
        self.first = first
        self.width = width
    }

    mutating func name(_ number: UInt32) { newest = max(newest ?? number, number) }

    /// A rule without conditions settles the call; of several with conditions the first that applies counts.
    mutating func add(_ rule: SeccompProfile.Rule, to number: UInt32) {
        if rule.conditions.isEmpty {
            if entries[number]?.action == nil { entries[number, default: Entry()].action = rule.action.code }
        } else {
            entries[number, default: Entry()].alternatives.append(rule)
        }
    }

    /// Numbers from `first` on, in runs that are treated alike.
    func segments(defaultAction: UInt32) -> [(start: UInt32, body: FilterProgram)] {
        var result: [(start: UInt32, body: FilterProgram)] = []
        func begin(_ start: UInt32, _ body: FilterProgram) {
            if result.last?.start == start { result.removeLast() }
            if let last = result.last, last.body.instructions == body.instructions { return }
            result.append((start, body))
        }
        func answer(_ value: UInt32) -> FilterProgram {
            var program = FilterProgram()
            program.append(.answer(value))
            return program
        }
        begin(first, answer(defaultAction))
        for (number, entry) in entries.sorted(by: { $0.key < $1.key }) {
            var body = FilterProgram()
            if let action = entry.action {
                body = answer(action)
            } else {
                for rule in entry.alternatives { body.answer(rule.action.code, if: rule.conditions, width: width) }
                body.append(.answer(defaultAction))
            }
            begin(number, body)
            begin(number + 1, answer(defaultAction))
        }
        if let newest { begin(newest + 1, answer(SeccompProfile.Action.fail(38).code)) }
        return result
    }
}

extension SeccompProfile.Action {
    /// Whether the call may be made; who traces lets through what it does not know.
    fileprivate var lets: Bool {
        switch self {
        case .allow, .log, .trace: true
        case .fail, .killProcess, .killThread, .trap: false
        }
    }

    /// The kernel's `SECCOMP_RET_…`.
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
